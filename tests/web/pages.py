"""The public pages every check goes through."""

from __future__ import annotations

EPCI = "/territoires/epci/243500550/"
PAGES = (
    "/",
    "/api/",
    "/territoires/",
    "/territoires/?q=mont",
    EPCI,
    "/territoires/commune/35188/",
    "/territoires/iris/352380101/",
    "/territoires/departement/35/",
    "/territoires/?t=epci:243500550,epci:243500618",
    "/carte/",
    "/carte/?mesure=a2&niveau=commune&territoire=epci:243500550",
    "/lieux/",
    "/lieux/?territoire=35188&situation=information",
    "/lieux/?territoire=35188&situation=aide&langue=breton",
    "/lieux/horaires/?territoire=35188",
    "/lieux/statistiques/?territoire=35188",
    "/methode/",
    "/methode/besoins-a1/",
    "/methode/secret/",
    "/methode/validation/",
    "/methode/essayer/",
    "/methode/essayer/?t=epci:243500618&exposure.delta.central=0,6",
    "/methode/essayer/?t=epci:243500618&exposure.delta.central=9",
    "/comparer/",
    "/comparer/?territoire=epci:243500550&mesure=a2&indice=v3",
    "/comparer/?territoire=commune:35188&mesure=a1&indice=v2",
    "/sources/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/plan-du-site/",
    "/aide/",
)
