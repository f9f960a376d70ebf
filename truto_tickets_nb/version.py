"""The version of the toolkit."""

VERSION = "0.1.0"
