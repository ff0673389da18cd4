"""Find, group and name the faces of a photo library, offline and for good."""

__version__ = "0.1.0"
