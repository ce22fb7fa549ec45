# -*- coding: latin-1 -*-
"""Zählt die Blitze des Feuers."""


def zähle(blitze):
    # Größer als null
    return sum(1 for blitz in blitze if blitz > 0)
