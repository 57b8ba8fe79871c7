"""Drives the real app under a real X server, as a person does: with a pointer, keys, and eyes.

    def test_something(studio: OpenStudio, tmp_path: Path) -> None:
        app = studio(project_folder)                       # its window is open, in front, ready
        app.click("Data")                                  # what says "Data", once it is there and can be clicked
        app.click("refund", kind="cell", inside="BarRows") # a row of a list; `find` in probe.py has all that is found
        app.click(name="note")                             # by objectName
        app.type("a few words")                            # real key presses, wherever the focus is
        app.press("Return", "ctrl+z")                      # keys as xdotool names them
        app.menu("Edit", "Undo")                           # entries of the menus, one after the other
        app.choose("Label", "theme")                       # an entry of the combo box called "Label"
        app.name_file(tmp_path / "letters.csv")            # in the file dialog that is open
        app.see("3 labelled")                              # waits until it stands on the screen; its Seen
        app.see("Note", value="a few words", focused=True) # with what else is to hold of it
        app.unseen("Undo")                                 # waits until it does not
        app.until(lambda: app.ask("window.page.queue.current") == 4, "the fourth sample is shown")
        app.picture(tmp_path / "screen.png")               # the whole screen, popups too

Nothing sleeps for a fixed time: each step waits for what it needs, and fails with a picture of the screen and what
the app last wrote when that does not come. `ask` evaluates a Python expression in the window's thread, with `window`,
`app` and `probe` at hand: for what eyes cannot see, never to change anything.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

ROOT = Path(__file__).resolve().parent.parent.parent

PATIENCE = 120.0
"""Seconds until a condition counts as never met; a busy machine needs a few of them to start the app."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something in view, as `find` in probe.py tells it; `x` and `y` are its middle, in pixels of the screen."""

    kind: str
    name: str
    words: str
    says: list[str]
    value: str
    x: int
    y: int
    place: list[int]
    enabled: bool
    checked: bool
    focused: bool
    on_top: bool


class OpenStudio(Protocol):
    """Starts the app: on a project, or on what it opens by itself; its settings and logs are the test's own."""

    def __call__(self, project: Path | None = None, **variables: str) -> Studio: ...


class Studio:
    """One running app. Made by `running_studio`."""

    def __init__(self, process: subprocess.Popen[bytes], *, display: str, folder: Path) -> None:
        self.process = process
        self.display = display
        self.folder = folder

    # ------------------------------------------------------------------------------------------------- looking

    def find(self, words: str | None = None, **which: Any) -> list[Seen]:
        """What is in view now and matches; see `find` in probe.py."""
        return [Seen(**one) for one in self._tell({"find": {"words": words, **which}})]

    def see(self, words: str | None = None, **which: Any) -> Seen:
        """Wait until something matches; the first of it."""
        self.until(lambda: self.find(words, **which), f"{words or which} is in view")
        return self.find(words, **which)[0]

    def unseen(self, words: str | None = None, **which: Any) -> None:
        """Wait until nothing matches."""
        self.until(lambda: not self.find(words, **which), f"{words or which} is out of view")

    def ask(self, expression: str) -> Any:
        """The value of a Python expression in the window's thread, as JSON gives it back."""
        return self._tell({"ask": expression})

    def picture(self, file: Path) -> Path:
        """The whole screen as a PNG."""
        file.parent.mkdir(parents=True, exist_ok=True)
        assert self._tell({"grab": str(file)})
        return file

    def windows_shown(self) -> list[str]:
        """The classes of all windows so far that were neither a popup, a menu, a tooltip nor a dialog."""
        return [kind for kind, sort in self.ask("probe.shown") if sort == "Window"]

    # ------------------------------------------------------------------------------------------------- driving

    def click(self, words: str | None = None, *, button: int = 1, times: int = 1, **which: Any) -> Seen:
        """Click on the middle of what matches, once it stands still, is enabled and nothing lies over it."""
        target = self._reachable(words, which)
        self.xdotool("mousemove", target.x, target.y, "click", "--repeat", times, "--delay", 40, button)
        return target

    def hover(self, words: str | None = None, **which: Any) -> Seen:
        """Lay the pointer on it."""
        target = self._reachable(words, which)
        self.xdotool("mousemove", target.x, target.y)
        return target

    def scroll(self, notches: int) -> None:
        """Turn the wheel where the pointer is; downwards where positive."""
        self.xdotool("click", "--repeat", abs(notches), "--delay", 20, 5 if notches > 0 else 4)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Press at one point of the screen, release at another, at a hand's pace: window managers look at it."""
        steps: list[str | int] = ["mousemove", *start, "mousedown", 1]
        for share in range(1, 6):
            at = (first + (last - first) * share // 5 for first, last in zip(start, end, strict=True))
            steps += ["sleep", "0.04", "mousemove", *at]
        self.xdotool(*steps, "sleep", "0.04", "mouseup", 1)

    def type(self, text: str) -> None:
        """Press the keys of these characters."""
        self.xdotool("type", "--delay", 8, "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by the names of xdotool: "Return", "Escape", "ctrl+z", "question"."""
        self.xdotool("key", "--delay", 20, *keys)

    def menu(self, title: str, *entries: str) -> None:
        """Open a menu of the menu bar, and click through its entries."""
        self.click(title, kind="entry", inside="QMenuBar")
        for entry in entries:
            self.click(entry, kind="entry", inside="QMenu")

    def choose(self, box: str, words: str) -> None:
        """Choose an entry of the combo box of this name, by mouse."""
        self.click(box, kind="QComboBox")
        self.click(words, kind="cell", inside="QComboBoxPrivateContainer")
        self.see(box, kind="QComboBox", value=words)

    def name_file(self, path: Path) -> None:
        """Type a path into the file dialog that is, or will be, open, and accept it."""
        self.see(kind="QFileDialog")
        self.type(str(path))
        self.press("Return")
        self.unseen(kind="QFileDialog")

    def check_that_it_never_stood_still(self) -> None:
        """Fail where the window's thread did; see `tests/event_loop.py`."""
        if self.process.poll() is None:
            stalls = self.ask("probe.stalls()")
            assert not stalls, f"the window's thread stood still {len(stalls)} times\n" + "\n".join(stalls)

    def quit(self) -> None:
        """Close the window as the person does, and wait until the process has ended."""
        self.check_that_it_never_stood_still()
        self.press("ctrl+q")
        self.process.wait(PATIENCE)

    # ------------------------------------------------------------------------------------------------- waiting

    def until(self, condition: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
        """Wait until the condition holds; fail with a picture of the screen where it never does."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self._what_happened()}")
            time.sleep(0.04)

    def _reachable(self, words: str | None, which: Mapping[str, Any]) -> Seen:
        """The one that can be clicked, at the same place on two looks."""
        looks: list[Seen | None] = [None, None]

        def stands_still() -> bool:
            ready = [one for one in self.find(words, **which) if one.enabled and one.on_top]
            looks[:] = [looks[1], ready[0] if ready else None]
            return looks[1] is not None and looks[0] is not None and looks[0].place == looks[1].place

        self.until(stands_still, f"{words or which} can be clicked")
        assert looks[1] is not None
        return looks[1]

    def xdotool(self, *arguments: str | int) -> None:
        """Events of the X server's own test extension: for the app they are a person's."""
        subprocess.run(
            ["xdotool", *map(str, arguments)], env={**os.environ, "DISPLAY": self.display}, check=True, timeout=60
        )

    # ------------------------------------------------------------------------------------------------- asking

    def _tell(self, question: Mapping[str, Any]) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise AssertionError(f"the app has ended\n{self._written()}") from None
        answered, _, _ = select.select([self.process.stdout], [], [], 60)
        assert answered, f"the window's thread has not answered for a minute\n{self._written()}"
        line = self.process.stdout.readline()
        assert line, f"the app has ended with {self.process.wait(60)}\n{self._written()}"
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def _what_happened(self) -> str:
        kept = ROOT / "build" / "x11" / f"{self.folder.parent.name}.png"
        seen = sorted({f"{one.kind} {one.words!r}" for one in self.find() if one.words})
        return f"picture: {self.picture(kept)}\nin view: {', '.join(seen)}\n{self._written()}"

    def _written(self) -> str:
        return (self.folder / "app.log").read_text("utf-8", "replace")[-4000:]


@contextmanager
def running_studio(
    project: Path | None, *, display: str, folder: Path, variables: Mapping[str, str]
) -> Iterator[Studio]:
    """The app on this display, its window open and active; ended afterwards. `folder` takes its settings and logs."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "home" / "config" / "settings.json"
    if not settings.exists():  # not the first start ever, whose tour lies over the page; the language is a variable
        settings.parent.mkdir(parents=True)
        settings.write_text('{"toured": true}', "utf-8")
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "LEPTON_HOME": str(folder / "home"),
        "LEPTON_LANGUAGE": "en",
        "PYTHONPATH": str(ROOT),
        **variables,
    }
    environment.pop("WAYLAND_DISPLAY", None)
    command = [sys.executable, "-m", "tests.x11.probe", *([str(project)] if project is not None else [])]
    with (folder / "app.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    studio = Studio(process, display=display, folder=folder)
    try:
        studio.xdotool("mousemove", 0, 0)  # where no test before left it hovering
        ready = "window is not None and window.isActiveWindow() and window.frameGeometry() != window.geometry()"
        studio.until(lambda: studio.ask(ready), "the window is in front, in its frame")
        studio.until(lambda: studio.ask("probe.begin_to_watch()"), "what is shown later is imported")
        yield studio
        studio.check_that_it_never_stood_still()
    finally:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
