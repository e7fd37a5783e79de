"""What leads from one history to another, done to a third one.

An edit is recorded in the order in which the user asked, and lands when it was found: meanwhile the
stack may have been changed otherwise. So undo, and a file that waits for an edit, cannot just put
an older history back: they repeat a change, or take it back, in the stack as it is now.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from editor.document.history import Edit, EditHistory


def with_change(
    now: EditHistory, before: EditHistory, after: EditHistory, *, dim: bool = False
) -> EditHistory:
    """``now`` with what leads from ``before`` to ``after``, entry by entry; its base stays.

    Entries that came are put above those that they lie above in ``after``; those that went go; of
    those that changed, only what changed does. ``after`` where ``now`` is ``before``.

    Args:
        now: what to change.
        before: where the change begins; for undo, where it ended.
        after: where it ends.
        dim: entries on top that went stay in the list, not reached, as undo shows them; where
            undone ones come back instead that a new edit had dropped, all that was made since goes.
    """
    old, new = {e.id: e for e in before.edits}, {e.id: e for e in after.edits}
    were, are = ({e.id for e in history.reached} for history in (before, after))
    reached = {e.id for e in now.reached}
    popped = list(old)[: len(new)] == list(new)
    # two ways to go on in one list could both be gone, one after the other
    other_way = dim and any(edit.id not in old for edit in after.edits[after.position :])
    edits: list[Edit] = []
    for edit in now.edits:
        if other_way and edit.id not in new and edit.id not in reached:
            continue
        if edit.id in new:
            then = old.get(edit.id)
            edits.append(new[edit.id] if then is None else _changed(edit, then, new[edit.id]))
        elif edit.id not in old or (dim and popped):
            edits.append(edit)
    present = [edit.id for edit in edits]
    for place, edit in enumerate(after.edits):
        if edit.id in present or edit.id in old:
            continue
        below = [present.index(e.id) for e in after.edits[:place] if e.id in present]
        at = below[-1] + 1 if below else 0
        edits.insert(at, edit)
        present.insert(at, edit.id)
    for id in old.keys() | new.keys():
        if (id in were) != (id in are):
            (reached.add if id in are else reached.discard)(id)
    last = max((at for at, id in enumerate(present, 1) if id in reached), default=0)
    # what was undone beneath something that is in force is no way to go any more
    beneath = [edit for edit in edits[:last] if edit.id in reached]
    return replace(now, edits=(*beneath, *edits[last:]), position=len(beneath))


def _changed(edit: Edit, old: Edit, new: Edit) -> Edit:
    """The entry with those of its attributes changed that differ between the two."""
    if edit is old or old is new:
        return new if edit is old else edit
    changes = {
        each.name: getattr(new, each.name)
        for each in fields(edit)
        if each.init and _differ(getattr(old, each.name), getattr(new, each.name), each.compare)
    }
    return replace(edit, **changes)


def _differ(old: object, new: object, compares: bool) -> bool:
    return old is not new and (not compares or old != new)
