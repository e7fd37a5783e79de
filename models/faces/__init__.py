"""What pictures show of faces: a mesh of landmarks, an expression, where the person is."""
