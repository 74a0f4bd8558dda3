"""The six digits of a telephone (RFC 6238): where the key comes from, and which code is good.

The key is not kept: it is derived from a seed drawn at random, which is, and from the secret key of
the site, which is not in the database. Changing that secret key ends every second factor.
"""

from __future__ import annotations

import base64
import secrets

import pyotp
import segno
from django.utils.crypto import constant_time_compare, salted_hmac

from portrea.web.accounts.keys import new_code

STEP = 30
"""Seconds a code is shown."""
DRIFT = 1
"""Steps that the clock of a telephone may be early or late."""
KEY_BYTES = 20
"""As long as the digest of the codes (RFC 4226, part 4)."""
RECOVERY_CODES = 10
ISSUER = "Portrea"


def new_seed() -> str:
    """Return what a key is drawn of."""
    return secrets.token_hex(KEY_BYTES)


def secret_of(seed: str) -> str:
    """Return the key that a telephone keeps, in base 32."""
    drawn = salted_hmac("portrea.second-factor", seed, algorithm="sha256").digest()
    return base64.b32encode(drawn[:KEY_BYTES]).decode()


def step_of(code: str, secret: str, now: float) -> int | None:
    """Return the step of time that a code was written for, ``None`` when it is not good now.

    Parameters
    ----------
    code
        As typed: spaces count for nothing.
    secret
        Key in base 32.
    now
        Instant in seconds since 1970.
    """
    written, present = "".join(code.split()), int(now) // STEP
    generator = pyotp.TOTP(secret, interval=STEP)
    for step in range(present - DRIFT, present + DRIFT + 1):
        if step >= 0 and constant_time_compare(generator.generate_otp(step), written):
            return step
    return None


def address_of(secret: str, email: str) -> str:
    """Return the address that a telephone reads (``otpauth://…``)."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """Return the QR code of an address, as the source of an image."""
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff"))


def new_recovery_codes() -> list[str]:
    """Return codes to print, « abcd-efgh-jkmn »."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_digest(user: int, code: str) -> str:
    """Return what a recovery code is known by, however it was typed."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return salted_hmac("portrea.recovery", f"{user}:{plain}", algorithm="sha256").hexdigest()


def _recovery_code() -> str:
    drawn = new_code() + new_code()[:4]
    return "-".join(drawn[start : start + 4] for start in range(0, 12, 4))
