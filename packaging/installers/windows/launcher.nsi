; "Lepton Studio.exe": starts the environment that is in use, or what makes one. It shows nothing itself but where Python
; is missing. makensis -DVERSION=… -DICON=file.ico -DOUT=file.exe launcher.nsi
Target amd64-unicode
SetCompressor lzma
!include "FileFunc.nsh"
Name "Lepton Studio"
OutFile "${OUT}"
Icon "${ICON}"
RequestExecutionLevel user
SilentInstall silent
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Lepton Studio"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Lepton Studio"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

Section
    ${GetParameters} $9
    SetOutPath "$PROFILE"
    ; For the app: it restarts itself, and steps back, by this file.
    System::Call 'kernel32::SetEnvironmentVariable(t "LEPTON_LAUNCHER", t "$EXEPATH")'
    StrCmp $9 "--step-back" find_python

    ; The pointer's first line names the environment: VERSION-NUMBER.
    ClearErrors
    FileOpen $0 "$LOCALAPPDATA\Lepton Studio\environments\current" r
    IfErrors find_python
    FileRead $0 $1
    FileClose $0
    StrCpy $2 $1 1 -1
    StrCmp $2 "$\n" 0 +3
    StrCpy $1 $1 -1
    Goto -3
    StrCpy $2 $1 1 -1
    StrCmp $2 "$\r" 0 +2
    StrCpy $1 $1 -1
    StrLen $3 "${VERSION}-"
    StrCpy $2 $1 $3
    StrCmp $2 "${VERSION}-" 0 find_python
    StrCpy $4 "$LOCALAPPDATA\Lepton Studio\environments\$1\Scripts\pythonw.exe"
    IfFileExists "$4" 0 find_python
    Exec '"$4" -m lepton_studio $9'
    Quit

find_python:
    FindFirst $0 $1 "$EXEDIR\python\cpython-3*"
loop:
    StrCmp $1 "" no_python
    StrCpy $4 "$EXEDIR\python\$1\pythonw.exe"
    IfFileExists "$4" python_found
    FindNext $0 $1
    Goto loop
python_found:
    FindClose $0
    StrCmp $9 "--step-back" 0 start
    ExecWait '"$4" "$EXEDIR\start.pyw" --step-back' $0
    SetErrorLevel $0
    Quit
start:
    Exec '"$4" "$EXEDIR\start.pyw" $9'
    Quit

no_python:
    FindClose $0
    MessageBox MB_OKCANCEL|MB_ICONINFORMATION "Lepton Studio needs Python first (about 25 MB). Fetch it now?$\r$\n$\r$\nBehind a proxy, or where the usual place cannot be reached, set HTTPS_PROXY or UV_PYTHON_INSTALL_MIRROR before." /SD IDCANCEL IDCANCEL stop
    ExecWait '"$EXEDIR\uv.exe" --no-cache python install --no-bin --no-registry --install-dir "$EXEDIR\python" 3.12' $0
    StrCmp $0 "0" find_python
    MessageBox MB_ICONSTOP "Python could not be fetched. Look whether this computer is connected, and start Lepton Studio again."
stop:
    SetErrorLevel 1
SectionEnd
