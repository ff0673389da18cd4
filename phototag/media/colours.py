"""Pictures of any colours, depth and transparency -> RGB of 8 bits, no larger than is worth it."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

_DEEP_GREY = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
_TRANSPARENT = frozenset({"LA", "PA", "RGBA", "La", "RGBa"})


def rgb(image: Image.Image, factor: int = 1) -> Image.Image:
    """Make a decoded picture RGB.

    What is transparent is shown on white. CMYK and CIELAB go through their colour profiles. RGB of a wide gamut is
    taken for sRGB: converting costs more than decoding, and changes a face less than the light does.

    Args:
        image: loaded, of any mode.
        factor: how many times narrower and lower the result is; reduced as early as can be, for the memory's sake.
    """
    image = _reduced(_with_levels(image), factor)
    if image.mode in {"I", "F"}:
        image = _eight_bit(image)
    if image.mode in _TRANSPARENT:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return _by_profile(image) if image.mode in {"CMYK", "LAB"} else image.convert("RGB")


def _with_levels(image: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged: no palette, no single bits, no colour that means transparent."""
    if image.mode in _DEEP_GREY:
        levels = np.asarray(image)
        return Image.fromarray((levels // 257 if levels.max(initial=0) > 255 else levels).astype(np.uint8))
    if "transparency" in image.info or image.mode == "PA":
        return image.convert("RGBA")
    if image.mode == "P":
        return image.convert("RGB")
    return image.convert("L") if image.mode == "1" else image


def _reduced(image: Image.Image, factor: int) -> Image.Image:
    return image.reduce(factor) if factor > 1 else image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Grey of 32 bits, whole numbers or not; Pillow's own conversion would clip it."""
    grey = np.asarray(image, dtype=np.float64)
    brightest = grey.max(initial=0)
    top = 65535 if brightest > 255 else 255 if brightest > 1 or image.mode == "I" else 1
    return Image.fromarray((np.clip(grey / top, 0, 1) * 255).astype(np.uint8))


def _by_profile(image: Image.Image) -> Image.Image:
    """CMYK by the profile in the file, CIELAB by its definition. With a broken profile or none, as Pillow does it."""
    embedded = image.info.get("icc_profile")
    try:
        if image.mode == "LAB":
            profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        elif embedded:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        else:
            return image.convert("RGB")
        converted = ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image.convert("RGB")
    return image.convert("RGB") if converted is None else converted
