"""The demo: the invented class imported as any school would, sign-ins for every role, and a meeting ready to start."""
