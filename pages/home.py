"""The start page: a map of the architectures, each with a small true picture."""

from ui.home import chapters

chapters()
