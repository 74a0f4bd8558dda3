"""Managed policies of Chromium and Firefox for a self-service station: pure, from a few choices.

Names of Chromium are those its own page chrome://policy accepts (a test asks it); those of Firefox
come from the schema published with its policy templates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from portrea.base.errors import ParameterError

LEAST, MOST = 1, 30
ANSWER = 2
"""Minutes after which the browser closes by itself, once the page has asked and waited."""
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))*")
_COMMUNE = re.compile(r"\d[0-9AB]\d{3}")

WIPED = (
    "browsing_history", "download_history", "cookies_and_other_site_data",
    "cached_images_and_files", "password_signin", "autofill", "site_settings",
)  # fmt: skip
INNER = (
    "file://*", "view-source:*", "chrome://settings", "chrome://flags", "chrome://extensions",
    "chrome://history", "chrome://downloads", "chrome://password-manager", "chrome://inspect",
)  # fmt: skip
"""Pages of the browser itself that a visitor has no use for."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """The choices of a station.

    ``site`` is the origin of Portrea (« https://portrait.exemple.fr »), ``idle`` minutes without a
    touch, ``allowed`` the names of the other sites.
    """

    site: str
    idle: int
    commune: str
    allowed: tuple[str, ...]
    printing: bool

    @property
    def prefix(self) -> str:
        """Beginning of the addresses of the station."""
        return f"/borne-{self.idle}" + (f"-{self.commune}" if self.commune else "")

    @property
    def start(self) -> str:
        """Address of the first page."""
        return f"{self.site}{self.prefix}/"


def kiosk_of(
    url: str, *, idle: int, commune: str = "", allowed: tuple[str, ...] = (), printing: bool = True
) -> Kiosk:
    """Check the choices of a station.

    Raises
    ------
    ParameterError
        An address, a site, a commune or a delay that cannot be.
    """
    parts = urlsplit(url.strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not _sound(parts.hostname) or "@" in parts.netloc:
        raise ParameterError(
            f"L’adresse du site n’est pas lisible : « {url} ».",
            remedy="Écrivez-la en entier : --url https://portrait.exemple.fr",
        )
    if parts.path or parts.query or parts.fragment:
        raise ParameterError(
            f"L’adresse du site ne va que jusqu’au nom : « {url} » contient une page.",
            remedy=f"Écrivez : --url {parts.scheme}://{parts.netloc}",
        )
    if not LEAST <= idle <= MOST:
        raise ParameterError(
            f"Délai refusé : {idle} minutes.", remedy=f"Choisissez de {LEAST} à {MOST} minutes."
        )
    code = commune.strip().upper()
    if code and not _COMMUNE.fullmatch(code):
        raise ParameterError(
            f"Code de commune refusé : « {commune} ».",
            remedy="Écrivez le code officiel, par exemple --commune 35188.",
        )
    return Kiosk(
        site=f"{parts.scheme}://{parts.netloc.lower()}",
        idle=idle,
        commune=code,
        allowed=tuple(dict.fromkeys(_site(told) for told in allowed)),
        printing=printing,
    )


def _site(told: str) -> str:
    text = told.strip().lower()
    name = (urlsplit(text).hostname or "") if "//" in text else text.rstrip("/")
    if not _sound(name):
        raise ParameterError(
            f"Site refusé : « {told} ».",
            remedy="Écrivez le nom seul : --allow service-public.gouv.fr",
        )
    return name


def _sound(host: str | None) -> bool:
    return _HOST.fullmatch(host or "") is not None


# -- Chromium -------------------------------------------------------------------------------------


def chromium(kiosk: Kiosk) -> dict[str, Any]:
    """Return the managed policies of Chromium, Chrome and Edge.

    Of our own site only the pages of the station open; the other sites open whole, with the names
    below theirs.
    """
    scheme, _, host = kiosk.site.partition("://")
    own = f"{scheme}://.{host}{kiosk.prefix}/" if not _numeric(host) else kiosk.start
    return _ALWAYS | {
        "URLAllowlist": [own, *kiosk.allowed],
        "HomepageLocation": kiosk.start,
        "NewTabPageLocation": kiosk.start,
        "RestoreOnStartupURLs": [kiosk.start],
        "IdleTimeout": kiosk.idle + ANSWER,
        "PrintingEnabled": kiosk.printing,
    }


_OFF = (
    "AllowFileSelectionDialogs", "AudioCaptureAllowed", "AutofillAddressEnabled",
    "AutofillCreditCardEnabled", "BackgroundModeEnabled", "BookmarkBarEnabled",
    "BrowserAddPersonEnabled", "BrowserGuestModeEnabled", "DefaultSearchProviderEnabled",
    "EditBookmarksEnabled", "HomepageIsNewTabPage", "MetricsReportingEnabled",
    "PasswordManagerEnabled", "ScreenCaptureAllowed", "SearchSuggestEnabled",
    "TaskManagerEndProcessEnabled", "TranslateEnabled", "VideoCaptureAllowed",
)  # fmt: skip
_ON = ("ForceEphemeralProfiles", "SavingBrowserHistoryDisabled", "ShowHomeButton", "SyncDisabled")
_ALWAYS: dict[str, Any] = {
    **dict.fromkeys(_OFF, False),
    **dict.fromkeys(_ON, True),
    "URLBlocklist": ["*", *INNER],
    "RestoreOnStartup": 4,  # the pages listed
    "IdleTimeoutActions": ["close_browsers", *(f"clear_{name}" for name in WIPED)],
    "ClearBrowsingDataOnExitList": list(WIPED),
    "IncognitoModeAvailability": 1,  # refused
    "BrowserSignin": 0,  # refused
    "DownloadRestrictions": 3,  # none
    "DeveloperToolsAvailability": 2,  # none
    "ExtensionInstallBlocklist": ["*"],
    "DefaultNotificationsSetting": 2,  # refused
    "DefaultGeolocationSetting": 2,  # refused
}


def _numeric(host: str) -> bool:
    return host.rpartition(":")[0].replace(".", "").isdigit() or "." not in host


# -- Firefox --------------------------------------------------------------------------------------


def firefox(kiosk: Kiosk) -> dict[str, Any]:
    """Return the file ``policies.json`` of Firefox.

    Its filter reads no port: any port of our site is open.
    """
    scheme, _, host = kiosk.site.partition("://")
    name = host.partition(":")[0]
    exceptions = [f"{scheme}://{name}{kiosk.prefix}/*", f"{scheme}://{name}/static/*"]
    refused = {"BlockNewRequests": True, "Locked": True}
    return {
        "policies": {
            "WebsiteFilter": {
                "Block": ["<all_urls>"],
                "Exceptions": [*exceptions, *(f"*://*.{site}/*" for site in kiosk.allowed)],
            },
            "SanitizeOnShutdown": {
                **dict.fromkeys(
                    ("Cache", "Cookies", "FormData", "History", "Sessions", "SiteSettings"), True
                ),
                "Locked": True,
            },
            "Homepage": {"URL": kiosk.start, "Locked": True, "StartPage": "homepage"},
            "Permissions": dict.fromkeys(("Camera", "Microphone", "Location"), refused)
            | {"Notifications": refused},
            "ExtensionSettings": {"*": {"installation_mode": "blocked"}},
            "DisableSecurityBypass": {"InvalidCertificate": True, "SafeBrowsing": True},
            "UserMessaging": {"SkipOnboarding": True, "Locked": True},
            "DisplayBookmarksToolbar": "never",
            "OverrideFirstRunPage": "",
            "OverridePostUpdatePage": "",
            "PrintingEnabled": kiosk.printing,
            **dict.fromkeys(_FORBIDDEN, False),
            **dict.fromkeys(_IMPOSED, True),
        }
    }


_FORBIDDEN = (
    "AllowFileSelectionDialogs", "AutofillAddressEnabled", "AutofillCreditCardEnabled",
    "NetworkPrediction", "NewTabPage", "OfferToSaveLogins", "PasswordManagerEnabled",
    "SearchSuggestEnabled", "TranslateEnabled",
)  # fmt: skip
_IMPOSED = (
    "BlockAboutAddons", "BlockAboutConfig", "BlockAboutProfiles", "BlockAboutSupport",
    "DisableDeveloperTools", "DisableFirefoxAccounts", "DisableFirefoxScreenshots",
    "DisableFirefoxStudies", "DisableFormHistory", "DisablePrivateBrowsing",
    "DisableProfileImport", "DisableProfileRefresh", "DisableSafeMode",
    "DisableSetDesktopBackground", "DisableTelemetry", "DontCheckDefaultBrowser",
    "NoDefaultBookmarks",
)  # fmt: skip
