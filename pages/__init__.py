"""The pages of the app: one script each, read from top to bottom. `ui` holds what they draw."""
