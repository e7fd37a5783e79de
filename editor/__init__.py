"""The document and the engine: photos, regions, codes, history, inversion, intervention."""
