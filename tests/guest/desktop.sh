# shellcheck shell=bash
# desktop.sh - for suites of --userland whose programs need a display, a session or a webcam. Source
# this file after programs.sh.
#
#	start_display SIZE	start a virtual display, such as 640x480
#	start_session		start udev, and D-Bus for the system and for the session
#	plug_in			make the device "webcam", which has a few sizes and rates of frames,
#				and set "webcam" to its capture node
#	unplug			remove it
#	end_desktop		end all that was started, and remove the device

# shellcheck source=tests/guest/configfs.sh
. "$(dirname "${BASH_SOURCE[0]}")/configfs.sh"

export DISPLAY=:7 XDG_RUNTIME_DIR=/run/user/0 LIBGL_ALWAYS_SOFTWARE=1
mkdir -p $XDG_RUNTIME_DIR
started=()
# The smallest size of frames of a webcam.
# shellcheck disable=SC2034 # used by the suites
{
wide=320
high=180
}

start_display()	# SIZE
{
	Xvfb $DISPLAY -screen 0 "$1x24" -nolisten tcp >"$work/display.log" 2>&1 &
	started+=($!)
}

start_session()
{
	mkdir -p /run/dbus
	[ -e /run/udev/control ] || /lib/systemd/systemd-udevd --daemon
	udevadm trigger --action=add --subsystem-match=video4linux --subsystem-match=media
	udevadm settle
	[ -e /run/dbus/pid ] || dbus-daemon --system --fork
	DBUS_SESSION_BUS_ADDRESS=unix:path=$work/session-bus
	export DBUS_SESSION_BUS_ADDRESS
	dbus-daemon --session --nofork --address="$DBUS_SESSION_BUS_ADDRESS" >"$work/dbus.log" 2>&1 &
	started+=($!)
}

# The webcam comes back under its old name, unless a program still has the old node open.
plug_in()
{
	make_device webcam video_nr=40 output_nr=41 inputs=webcam formats=YUYV
	webcam=$(node_in webcam cap)
}

unplug()
{
	rmdir "$config/webcam"
}

end_desktop()
{
	[ ${#started[@]} -eq 0 ] || {
		kill "${started[@]}" || :
		wait "${started[@]}" || :
	}
	[ ! -e "$config/webcam" ] || unplug
}
