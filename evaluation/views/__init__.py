"""Pages of the evaluation app: the indicator library, the indicators of an action, measures."""
