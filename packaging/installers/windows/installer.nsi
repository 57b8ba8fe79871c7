; The installer for Windows: for the person who runs it, without an administrator.
; makensis -DVERSION=… -DPAYLOAD=folder -DICON=file.ico -DLAUNCHER=file.exe -DOUT=file.exe installer.nsi
Target amd64-unicode
ManifestDPIAware true
SetCompressor /SOLID lzma
!include "MUI2.nsh"
!include "FileFunc.nsh"

!define NAME "Lepton Studio"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\LeptonStudio"
!define FOLDER_VERB "Software\Classes\Directory\shell\LeptonStudio"

Name "${NAME}"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Lepton Studio"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} installer"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT $(WELCOME)
!define MUI_FINISHPAGE_RUN "$INSTDIR\Lepton Studio.exe"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString WELCOME ${LANG_ENGLISH} "Lepton Studio is installed for you alone; no administrator is needed.$\r$\n$\r$\nPython (about 25 MB) is fetched now. At the first start you are asked for the rest: how much, what the computer computes with, and where it is fetched from."
LangString WELCOME ${LANG_SIMPCHINESE} "Lepton Studio 仅为您本人安装，无需管理员权限。$\r$\n$\r$\n现在会下载 Python（约 25 MB）。首次启动时会询问其余部分：大小、计算设备以及下载来源。"
LangString NO_PYTHON ${LANG_ENGLISH} "Python could not be fetched; the details say why. Lepton Studio is installed and tries again when you start it."
LangString NO_PYTHON ${LANG_SIMPCHINESE} "无法下载 Python，原因见详细信息。Lepton Studio 已安装，启动时会再次尝试。"
LangString OPEN_WITH ${LANG_ENGLISH} "Open in Lepton Studio"
LangString OPEN_WITH ${LANG_SIMPCHINESE} "用 Lepton Studio 打开"

Section
    SetOutPath "$INSTDIR"
    ; An older version's files; its environments lie elsewhere, and Python is kept.
    Delete "$INSTDIR\lepton_studio-*.whl"
    RMDir /r "$INSTDIR\lepton_start"
    File /r "${PAYLOAD}\*"
    File "/oname=Lepton Studio.exe" "${LAUNCHER}"
    File "/oname=lepton-studio.ico" "${ICON}"
    WriteUninstaller "$INSTDIR\uninstall.exe"

    CreateShortcut "$SMPROGRAMS\Lepton Studio.lnk" "$INSTDIR\Lepton Studio.exe" "" "$INSTDIR\lepton-studio.ico"

    ; A project is a folder that ends in .lepton: it opens from the menu that a right click shows.
    WriteRegStr HKCU "${FOLDER_VERB}" "" "$(OPEN_WITH)"
    WriteRegStr HKCU "${FOLDER_VERB}" "Icon" "$INSTDIR\lepton-studio.ico"
    WriteRegStr HKCU "${FOLDER_VERB}" "AppliesTo" 'System.FileName:~">.lepton"'
    WriteRegStr HKCU "${FOLDER_VERB}\command" "" '"$INSTDIR\Lepton Studio.exe" "%1"'

    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\lepton-studio.ico"
    WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"
    WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1

    ; Python, for the window of the first start and for the environments.
    IfFileExists "$INSTDIR\python\*.*" python_there
    nsExec::ExecToLog '"$INSTDIR\uv.exe" --no-cache python install --no-bin --no-registry --install-dir "$INSTDIR\python" 3.12'
    Pop $0
    StrCmp $0 "0" python_there
    RMDir /r "$INSTDIR\python"
    DetailPrint "$(NO_PYTHON)"
    MessageBox MB_ICONINFORMATION "$(NO_PYTHON)" /SD IDOK
python_there:
SectionEnd

Section "Uninstall"
    ; What was fetched, at the first start and later. Projects, settings and logs stay where they are.
    RMDir /r "$LOCALAPPDATA\Lepton Studio\environments"
    RMDir /r "$LOCALAPPDATA\Lepton Studio\models"
    RMDir /r "$LOCALAPPDATA\Lepton Studio\Cache"
    RMDir "$LOCALAPPDATA\Lepton Studio"
    DeleteRegKey HKCU "${FOLDER_VERB}"
    DeleteRegKey HKCU "${UNINSTALL}"
    Delete "$SMPROGRAMS\Lepton Studio.lnk"
    Delete "$INSTDIR\lepton_studio-*.whl"
    Delete "$INSTDIR\*.txt"
    Delete "$INSTDIR\*.json"
    Delete "$INSTDIR\*.ico"
    Delete "$INSTDIR\*.pyw"
    Delete "$INSTDIR\*.cmd"
    Delete "$INSTDIR\uv.exe"
    Delete "$INSTDIR\Lepton Studio.exe"
    Delete "$INSTDIR\uninstall.exe"
    RMDir /r "$INSTDIR\lepton_start"
    RMDir /r "$INSTDIR\licences"
    RMDir /r "$INSTDIR\python"
    RMDir "$INSTDIR"  ; only where nothing of anybody's is left in it
SectionEnd
