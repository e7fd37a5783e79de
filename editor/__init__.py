"""The document and the engine: photographs, regions, style codes, history, inversion, intervention."""
