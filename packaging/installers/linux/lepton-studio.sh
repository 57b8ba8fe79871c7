#!/bin/sh
# Starts Lepton Studio: the environment that is in use, or what makes one. @PAYLOAD@ and @VERSION@ are set when it is built.
payload="@PAYLOAD@"
data="${LEPTON_HOME:+$LEPTON_HOME/data}"
data="${data:-${XDG_DATA_HOME:-$HOME/.local/share}/lepton-studio}"

case "$0" in /*) LEPTON_LAUNCHER="$0" ;; *) LEPTON_LAUNCHER="$PWD/$0" ;; esac
export LEPTON_LAUNCHER # for the app: it restarts itself, and steps back, by this file

name=
[ -r "$data/environments/current" ] && read -r name < "$data/environments/current"
case "$1" in
    --prepare | --step-back | --remove-parts) ;;
    *)
        inside="$data/environments/$name/bin/python"
        if [ "${name%-*}" = "@VERSION@" ] && [ -x "$inside" ]; then
            exec "$inside" -m lepton_studio "$@"
        fi
        ;;
esac

for wanted in tkinter sys; do # one that can show a window is better than one that cannot
    for python in "$payload"/python/*/bin/python3 /usr/bin/python3 python3; do
        if command -v "$python" >/dev/null 2>&1 \
            && "$python" -I -c "import sys, $wanted; sys.exit(not (3, 11) <= sys.version_info < (3, 15))" 2>/dev/null; then
            PYTHONPATH="$payload" PYTHONDONTWRITEBYTECODE=1 exec "$python" -m lepton_start "$@"
        fi
    done
done
echo "Lepton Studio needs Python 3.11 to 3.14, which is not here any more. Install Lepton Studio again." >&2
exit 1
