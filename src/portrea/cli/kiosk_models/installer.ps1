# Pose les règles de Chrome et d’Edge (registre) et de Firefox, pour tous les comptes du poste.
# Clic droit, « Exécuter avec PowerShell » en administrateur. Les enlève : installer.ps1 -Enlever
#Requires -RunAsAdministrator
param([switch]$Enlever)
$ErrorActionPreference = "Stop"
$ici = Split-Path -Parent $PSScriptRoot
$regles = Get-Content -Raw -Encoding UTF8 (Join-Path $ici "chromium\portrea-borne.json") | ConvertFrom-Json
$cles = @("HKLM:\SOFTWARE\Policies\Google\Chrome", "HKLM:\SOFTWARE\Policies\Microsoft\Edge")
$firefox = Join-Path $env:ProgramFiles "Mozilla Firefox\distribution"

foreach ($cle in $cles) {
    foreach ($regle in $regles.PSObject.Properties) {
        $liste = Join-Path $cle $regle.Name
        if (Test-Path $liste) { Remove-Item -Recurse -Force $liste }
        if (Test-Path $cle) { Remove-ItemProperty -Path $cle -Name $regle.Name -ErrorAction SilentlyContinue }
        if ($Enlever) { continue }
        if (-not (Test-Path $cle)) { New-Item -Path $cle -Force | Out-Null }
        if ($regle.Value -is [array]) {
            New-Item -Path $liste -Force | Out-Null
            $rang = 1
            foreach ($valeur in $regle.Value) {
                New-ItemProperty -Path $liste -Name "$rang" -Value $valeur -PropertyType String | Out-Null
                $rang++
            }
        } elseif ($regle.Value -is [string]) {
            New-ItemProperty -Path $cle -Name $regle.Name -Value $regle.Value -PropertyType String | Out-Null
        } else {
            New-ItemProperty -Path $cle -Name $regle.Name -Value ([int]$regle.Value) -PropertyType DWord | Out-Null
        }
    }
}
if ($Enlever) {
    Remove-Item (Join-Path $firefox "policies.json") -ErrorAction SilentlyContinue
    Write-Host "Règles enlevées."
} else {
    if (Test-Path (Split-Path $firefox)) {
        New-Item -ItemType Directory -Force $firefox | Out-Null
        Copy-Item (Join-Path $ici "firefox\policies.json") $firefox -Force
    }
    Write-Host "Règles posées. Fermez puis rouvrez les navigateurs."
}
