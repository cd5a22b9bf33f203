"""Lessons: steps of text, each beside a page in a state, with a question before what comes out.

A lesson is a Markdown file. Blocks of TOML stand between lines of `+++`: the first says what the
lesson is, every other one begins a step, whose text follows it. Figures in a text are placeholders
such as `{error:ladder:2}`, filled from what is on this server: see `figures.py`.
"""
