"""What decides the course of a generator's training."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides the course of a training run; stored in every checkpoint.

    Attributes:
        resolution: side of the pictures.
        whole: side at which whole faces are judged and matched, all pictures; 0 is the resolution.
        patch: side of the squares that are judged at the full size, of pictures that have it; 0 is
            none, the resolution is whole faces.
        channel_base, channel_max, channel_least: block r has base / r channels within the others.
        frozen_below: the mapping network and blocks of a smaller side stay as they are.
        inherited_share: of the rate, for blocks of up to the side ``whole`` where that is smaller
            than the resolution: what a smaller generator knew already.
        inherited_kimg: over the first so many that the generator learns, theirs rises from nothing.
        teach_kimg: over the first so many the discriminators learn and the generator does not.
        z_dim, w_dim, mapping_layers: of the mapping network.
        batch: pictures per step and process.
        rate: Adam's learning rate for generator and discriminator.
        feature_rate: that of the feature judges.
        kimg: thousands of real pictures to show in all, counted from the very start.
        warm_kimg: over the first so many of this run the rates rise from nothing.
        decay_kimg: over the last so many the rates fall to a twentieth.
        r1: weight γ of the gradient penalty, applied every ``r1_every`` steps.
        mixing: share of generated pictures with styles of two latents.
        ema_kimg: half-life of the running average of the weights.
        feature_weight: of the feature judges' summed logits in the generator's loss.
        feature_ramp_kimg: over which that weight sets in.
        feature_floor: hinge loss (of 2) below which a judge rests, lest it win for good.
        feature_augment: probability of each change of the pictures that the judges see.
        match_weight: of the kernel distance of feature statistics to the training pictures'.
        window_weight: of the same, in cut-outs of eyes, mouth and hair at the full size; with
            ``match_weight`` and pictures of that size.
        hair_window: how much hair counts there, where eyes and mouth count 1 each.
        match_bound: how many times as long as the discriminators' gradient on a batch of pictures
            that of all matching may be; 0 is any. Far from the training pictures the cubic kernel's
            drowns everything else.
        match_bank: generated pictures that stand for all of them there. Many are many steps old:
            pushed away from where it no longer is, the generator begins to swing.
        linear_weight: of what w does not explain of the features that are matched, and of where
            things are; needs matching.
        attribute_weight: of what pictures show of the attributes besides what their w promises;
            needs matching, and a readout.
        rebuild_weight: of the difference between portraits and what codes of their own show.
        rebuild_batch: portraits for that per step and process.
        path_weight: of the path-length penalty, every ``path_every`` steps; 0 is off.
        augment: augmentation probability to start from.
        augment_target: certainty of the discriminator at which it stays.
        augment_kimg: real pictures over which it could have gone from 0 to 1.
        augment_highest: bound of that probability.
        cutout: whether to blank squares too.
        seed: of everything drawn.
    """

    resolution: int = 256
    whole: int = 0
    patch: int = 0
    channel_base: int = 8192
    channel_max: int = 384
    channel_least: int = 0
    frozen_below: int = 0
    inherited_share: float = 1.0
    inherited_kimg: float = 0.0
    teach_kimg: float = 0.0
    z_dim: int = 512
    w_dim: int = 512
    mapping_layers: int = 4
    batch: int = 32
    rate: float = 2.5e-3
    feature_rate: float = 2e-4
    kimg: float = 5000.0
    warm_kimg: float = 5.0
    decay_kimg: float = 100.0
    r1: float = 0.8
    r1_every: int = 16
    mixing: float = 0.7
    ema_kimg: float = 15.0
    feature_weight: float = 0.0
    feature_ramp_kimg: float = 30.0
    feature_floor: float = 0.0
    feature_augment: float = 0.5
    match_weight: float = 0.0
    window_weight: float = 0.0
    hair_window: float = 1.0
    match_bound: float = 0.0
    match_bank: int = 1024
    linear_weight: float = 0.0
    attribute_weight: float = 0.0
    rebuild_weight: float = 0.0
    rebuild_batch: int = 16
    path_weight: float = 0.0
    path_every: int = 8
    augment: float = 0.0
    augment_target: float = 0.6
    augment_kimg: float = 300.0
    augment_highest: float = 0.5
    cutout: bool = False
    seed: int = 0

    def channels(self, side: int = 0) -> tuple[int, ...]:
        """Feature channels of each block, from 4 × 4 up to ``side``, or to the resolution."""
        sides = range(2, (side or self.resolution).bit_length())
        most, least = self.channel_max, self.channel_least
        return tuple(max(min(self.channel_base >> k, most), least) for k in sides)

    @property
    def whole_side(self) -> int:
        """Side at which whole faces are judged."""
        return self.whole or self.resolution
