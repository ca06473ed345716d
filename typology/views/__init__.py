"""Pages of the typology app: reference pages, actions, budget lines."""
