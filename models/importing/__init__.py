"""Other people's StyleGAN2 files: checkpoints, directions and latents, read without running them.

A checkpoint of the field is a Python pickle, which its own loaders execute. Here it is only looked
at: ``pickles`` turns a stream into inert records, ``arrays`` reads the numbers of those that are
needed, ``layouts`` renames them, and ``checkpoint.import_checkpoint`` writes our own safetensors.
"""
