@echo off
rem The command line of Lepton Studio: lepton-studio VERB ... in a console.
setlocal
set "environment="
if exist "%LOCALAPPDATA%\Lepton Studio\environments\current" set /p environment=<"%LOCALAPPDATA%\Lepton Studio\environments\current"
for %%a in (--prepare --step-back --remove-parts) do if "%~1"=="%%a" goto start
if defined environment if exist "%LOCALAPPDATA%\Lepton Studio\environments\%environment%\Scripts\python.exe" (
    "%LOCALAPPDATA%\Lepton Studio\environments\%environment%\Scripts\python.exe" -m lepton_studio %*
    exit /b
)
:start
for /d %%p in ("%~dp0python\cpython-3*") do if exist "%%p\python.exe" (
    "%%p\python.exe" "%~dp0start.pyw" %*
    exit /b
)
echo Python is missing: start Lepton Studio from the menu first. 1>&2
exit /b 1
