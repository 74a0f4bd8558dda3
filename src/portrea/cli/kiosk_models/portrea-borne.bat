@echo off
chcp 65001 >nul
rem Borne en libre-service : ouvre Chrome ou Edge en plein ecran et le rouvre quand il se ferme.
setlocal
set "ADRESSE=@{start}"
set "NAVIGATEUR=%ProgramFiles%\Google\Chrome\Application\chrome.exe"
if not exist "%NAVIGATEUR%" set "NAVIGATEUR=%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe"
if not exist "%NAVIGATEUR%" set "NAVIGATEUR=%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe"
if not exist "%NAVIGATEUR%" (
    echo Ni Chrome ni Edge n'est installe.
    pause
    exit /b 1
)
:ouvrir
set "DOSSIER=%TEMP%\portrea-borne"
if exist "%DOSSIER%" rmdir /s /q "%DOSSIER%"
start "" /wait "%NAVIGATEUR%" --kiosk --user-data-dir="%DOSSIER%" --no-first-run --noerrdialogs --disable-pinch --overscroll-history-navigation=0 --edge-kiosk-type=fullscreen "%ADRESSE%"
if exist "%DOSSIER%" rmdir /s /q "%DOSSIER%"
timeout /t 1 /nobreak >nul
goto ouvrir
