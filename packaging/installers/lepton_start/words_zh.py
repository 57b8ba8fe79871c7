"""The sentences of the first start in Chinese."""

from __future__ import annotations

CHINESE = {
    # the window
    "Lepton Studio: first start": "Lepton Studio：首次启动",
    "Set up Lepton Studio {version}": "安装 Lepton Studio {version} 的运行组件",
    "Lepton Studio {version} is installed, {old} is still in use": "已安装 Lepton Studio {version}，目前仍在使用 {old}",
    "About {fetch} will be fetched ({count} parts, of which PyTorch is {torch}) and take {disk} on the disk. "
    "Nothing else of this computer is changed, and nothing is sent.": "将下载约 {fetch}（共 {count} 个组件，其中 PyTorch 为 {torch}），"
    "占用磁盘空间约 {disk}。不会改动电脑上的其他内容，也不会发送任何数据。",
    "All parts are in this installer: nothing is fetched. They will take {disk} on the disk. Nothing else of this "
    "computer is changed.": "所有组件都在此安装包中，无需下载。将占用磁盘空间约 {disk}，不会改动电脑上的其他内容。",
    "an unknown size": "大小未知",
    "Into: {folder}": "安装到：{folder}",
    "Only {free} are free there: make room first.": "该位置仅剩 {free} 可用空间，请先清理。",
    "What both versions share is not fetched again and lies on the disk once.": "两个版本共用的组件不会重复下载，也只占一份磁盘空间。",
    "Compute with": "计算设备",
    "The processor (works everywhere)": "CPU（任何电脑均可）",
    "An NVIDIA graphics card (CUDA)": "NVIDIA 显卡（CUDA）",
    "An AMD graphics card (ROCm)": "AMD 显卡（ROCm）",
    "Apple's chip": "Apple 芯片",
    "found here": "已检测到",
    "The NVIDIA driver {found} is too old: {needed} or newer is needed. Update it, or compute with the processor.": ""
    "NVIDIA 驱动 {found} 版本过旧，需要 {needed} 或更高版本。请更新驱动，或使用 CPU 计算。",
    "Connection": "网络连接",
    "Fetch from": "下载来源",
    "the usual places": "默认地址",
    "mirrors in China ({name})": "国内镜像（{name}）",
    "other addresses": "其他地址",
    "Package index": "软件包索引",
    "PyTorch's builds": "PyTorch 安装包地址",
    "Proxy": "代理",
    "empty: as the system says": "留空：按系统设置",
    "Install": "安装",
    "Try again": "重试",
    "Cancel": "取消",
    "Close": "关闭",
    "Not now": "暂不",
    "Show the log": "打开日志",
    "Cancelling…": "正在取消…",
    "Cancelled. Nothing was left behind.": "已取消，未留下任何文件。",
    "{done} of about {total} have come. On their way: {names}": "已下载 {done}，共约 {total}。正在下载：{names}",
    "{done} of about {total} have come.": "已下载 {done}，共约 {total}。",
    "The log is {file}": "日志：{file}",
    # what is done
    "Making the folder for this version…": "正在为此版本创建文件夹…",
    "Fetching and installing the parts…": "正在下载并安装组件…",
    "Fetching and installing PyTorch…": "正在下载并安装 PyTorch…",
    "Installing Lepton Studio…": "正在安装 Lepton Studio…",
    "Putting the models in their place…": "正在放置模型…",
    "Trying it…": "正在测试…",
    "Done. Lepton Studio starts…": "安装完成，正在启动 Lepton Studio…",
    # what went wrong
    "The disk is full. Make room (see above how much is needed) and try again.": "磁盘已满。请按上方所示的大小清理空间后重试。",
    "A file that was fetched is not the one that was tested, so it was not installed. Choose another place to fetch "
    "from.": "下载到的文件与测试过的文件不一致，因此没有安装。请更换下载来源。",
    "The proxy refused the connection. Write it as http://name:password@host:port under “Connection”.": ""
    "代理拒绝了连接。请在“网络连接”中按 http://用户名:密码@主机:端口 的格式填写。",
    "The connection is not trusted: a certificate on the way is unknown. Ask whoever runs your network for its "
    "certificate, or use another network.": "连接不受信任：途中有未知的证书。请向网络管理员索取证书，或换用其他网络。",
    "Nothing can be written to the folder above. Look at its rights, or free it from other programs, and try again.": ""
    "无法写入上方的文件夹。请检查其权限，或关闭占用它的程序后重试。",
    "One of the parts does not exist for this system (see the log for which).": "有一个组件没有适用于此系统的版本（详见日志）。",
    "The connection broke. What was fetched is kept: try again, or choose another place to fetch from or a proxy under "
    "“Connection”.": "连接中断。已下载的部分会保留：请重试，或在“网络连接”中更换下载来源或设置代理。",
    "The place to fetch from lacks one of the parts (see the log for which). Choose another one under “Connection”.": ""
    "该下载来源缺少某个组件（详见日志）。请在“网络连接”中更换下载来源。",
    "A library of the system is missing: {detail}. Install it with the system's package manager and try again.": ""
    "缺少系统库 {detail}。请用系统的软件包管理器安装后重试。",
    "A part of Windows is missing. Install the “Microsoft Visual C++ Redistributable” and try again.": ""
    "Windows 缺少组件。请安装“Microsoft Visual C++ Redistributable”后重试。",
    "The installation failed for a reason that is not known. The log says what happened; send it along when you ask "
    "for help.": "安装失败，原因未知。日志记录了经过，求助时请一并发送。",
    "Lepton Studio is being installed already, in another window.": "另一个窗口正在安装 Lepton Studio。",
    # the command line
    "Lepton Studio {version} is not set up for you yet, and no window can be shown to ask you. Set it up with: "
    "lepton-studio --prepare": "尚未为您安装 Lepton Studio {version} 的运行组件，且无法显示窗口。请运行：lepton-studio --prepare",
    "The version before is used from the next start on: {version}. The same command again goes forward.": ""
    "下次启动将使用上一个版本：{version}。再次运行此命令可恢复。",
    "There is no version before this one.": "没有更早的版本。",
    "Removing what was installed and fetched: this takes a minute or more…": "正在删除安装和下载的内容，需要一分钟或更久…",
    "Removed what was installed and fetched: {size}. Projects were left alone.": "已删除安装和下载的内容：{size}。项目均保留。",
    "Logs, settings and sample projects are still in: {folders}": "日志、设置和示例项目仍保留在：{folders}",
    "There is nothing to remove.": "没有可删除的内容。",
    "Could not remove all: {reason}. Close Lepton Studio and try again.": "未能全部删除：{reason}。请关闭 Lepton Studio 后重试。",
    "{done} of about {total}": "{done} / 约 {total}",
}
