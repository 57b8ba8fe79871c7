#!/bin/sh
# The executable of Lepton Studio.app: the environment that is in use, or what makes one.
payload=$(cd "$(dirname "$0")/../Resources/payload" && pwd)
data="${LEPTON_HOME:+$LEPTON_HOME/data}"
data="${data:-$HOME/Library/Application Support/Lepton Studio}"

case "$(defaults read -g AppleLanguages 2>/dev/null | sed -n 2p)" in
    *zh*) chinese=1 ;;
    *) chinese= ;;
esac

tell() { # a sentence, the same in Chinese
    [ -n "$chinese" ] && said=$2 || said=$1
    osascript -e "display alert \"Lepton Studio\" message \"$said\"" >/dev/null 2>&1 || echo "$said" >&2
}

if [ "$(uname -m)" != "arm64" ]; then
    tell "This Mac has an Intel processor, and PyTorch is not made for those any more. Lepton Studio needs a Mac with an Apple chip." \
        "这台 Mac 使用 Intel 处理器，PyTorch 已不再支持。Lepton Studio 需要配备 Apple 芯片的 Mac。"
    exit 1
fi

case "$0" in /*) LEPTON_LAUNCHER="$0" ;; *) LEPTON_LAUNCHER="$PWD/$0" ;; esac
export LEPTON_LAUNCHER # for the app: it restarts itself, and steps back, by this file

name=
[ -r "$data/environments/current" ] && read -r name < "$data/environments/current"
case "$1" in
    --prepare | --step-back | --remove-parts) ;;
    *)
        inside="$data/environments/$name/bin/python"
        [ "${name%-*}" = "@VERSION@" ] && [ -x "$inside" ] && exec "$inside" -m lepton_studio "$@"
        ;;
esac

own() { for one in "$data/environments/python/"*/bin/python3; do [ -x "$one" ] && echo "$one" && return; done; }
python=$(own)
if [ -z "$python" ]; then
    [ -n "$chinese" ] && ask="首先需要下载 Python（约 20 MB），之后会询问其余部分。现在下载吗？" \
        || ask="Python is needed first (about 20 MB); you are asked for the rest afterwards. Fetch it now?"
    osascript -e "display dialog \"$ask\" with title \"Lepton Studio\" buttons {\"Cancel\", \"OK\"} default button \"OK\"" \
        >/dev/null 2>&1 || exit 1
    if ! said=$(UV_CACHE_DIR="$data/environments/fetched" "$payload/uv" python install --no-bin \
        --install-dir "$data/environments/python" 3.12 2>&1); then
        mkdir -p "$data/logs" && printf '%s\n' "$said" >> "$data/logs/install.log"
        tell "Python could not be fetched. Look whether this Mac is connected, and start Lepton Studio again. Where the usual place cannot be reached, set UV_PYTHON_INSTALL_MIRROR with launchctl setenv." \
            "无法下载 Python。请检查网络连接后重新启动 Lepton Studio。如默认地址无法访问，请用 launchctl setenv 设置 UV_PYTHON_INSTALL_MIRROR。"
        exit 1
    fi
    python=$(own)
fi
PYTHONPATH="$payload" PYTHONDONTWRITEBYTECODE=1 exec "$python" -m lepton_start "$@"
