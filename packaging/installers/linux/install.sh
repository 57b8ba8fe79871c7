#!/bin/sh
# Installs Lepton Studio for the person who runs it, without root: ./install.sh
# Files go to ~/.local/opt/lepton-studio, ~/.local/bin and ~/.local/share; ./install.sh --uninstall takes them away again.
set -e
here=$(cd "$(dirname "$0")" && pwd)
share="${XDG_DATA_HOME:-$HOME/.local/share}"
opt="$HOME/.local/opt/lepton-studio"
bin="$HOME/.local/bin"
icon="$share/icons/hicolor/scalable/apps/lepton-studio.svg"
desktop="$share/applications/lepton-studio.desktop"
metainfo="$share/metainfo/lepton-studio.metainfo.xml"

if [ "$1" = "--uninstall" ]; then
    [ -x "$bin/lepton-studio" ] && "$bin/lepton-studio" --remove-parts || true
    rm -f "$bin/lepton-studio" "$icon" "$desktop" "$metainfo"
    rm -rf "$opt"
    echo "Lepton Studio was removed. Your projects and settings were left alone."
    exit 0
fi

fits() { "$1" -I -c 'import sys, tkinter; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; }

mkdir -p "$opt.new" "$bin" "$(dirname "$icon")" "$(dirname "$desktop")" "$(dirname "$metainfo")"
cp -R "$here/payload/." "$opt.new/"
cp "$here/install.sh" "$opt.new/install.sh"
[ -d "$opt/python" ] && mv "$opt/python" "$opt.new/python"
rm -rf "$opt"
mv "$opt.new" "$opt"

own=$(ls -d "$opt"/python/*/bin/python3 2>/dev/null | head -n 1)
if [ -z "$own" ] && ! { command -v python3 >/dev/null 2>&1 && fits python3; } && ! fits /usr/bin/python3; then
    echo "Fetching Python 3.12 (about 30 MB) ..."
    if ! UV_CACHE_DIR="$opt/fetched" UV_PYTHON_INSTALL_BIN=0 "$opt/uv" python install --install-dir "$opt/python" 3.12; then
        echo "Python could not be fetched (what was said stands above). Either install it with your system's package manager"
        echo "(Debian, Ubuntu: python3 python3-tk; Fedora: python3 python3-tkinter), or name a place that has it, such as"
        echo "    UV_PYTHON_INSTALL_MIRROR=https://registry.npmmirror.com/-/binary/python-build-standalone ./install.sh"
        command -v python3 >/dev/null 2>&1 || { rm -rf "$opt"; exit 1; }
        echo "The Python that is here does without a window: set Lepton Studio up with  lepton-studio --prepare"
    fi
    rm -rf "$opt/fetched"
fi

sed "s|^payload=.*|payload=\"$opt\"|" "$here/lepton-studio.sh" > "$bin/lepton-studio"
chmod 755 "$bin/lepton-studio"
cp "$here/lepton-studio.svg" "$icon"
sed "s|^Exec=lepton-studio|Exec=\"$bin/lepton-studio\"|; s|^TryExec=.*|TryExec=$bin/lepton-studio|" \
    "$here/lepton-studio.desktop" > "$desktop"
cp "$here/lepton-studio.metainfo.xml" "$metainfo"
known=$(/sbin/ldconfig -p 2>/dev/null || true)
missing=
for one in @LIBRARIES@; do # the file of a library that Qt needs, and Debian's package of it
    case "$known" in "" | *"${one%%:*} "*) ;; *) missing="$missing ${one#*:}" ;; esac
done
if [ -n "$missing" ]; then
    echo "Its window needs libraries that are not here yet. Install them first (Debian, Ubuntu):"
    echo "    sudo apt install$missing"
fi
echo "Installed. Start Lepton Studio from the menu, or with $bin/lepton-studio"
echo "To remove it: $opt/install.sh --uninstall"
