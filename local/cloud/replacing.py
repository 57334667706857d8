"""Puts functions of the embedded cloud right."""

import functools


def replaces(module, name):
    """Puts a function in the place of module.name and hands it the former one first."""
    former = getattr(module, name)

    def decorate(function):
        @functools.wraps(former)
        def corrected(*args, **kwargs):
            return function(former, *args, **kwargs)

        setattr(module, name, corrected)
        return corrected

    return decorate
