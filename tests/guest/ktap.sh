# shellcheck shell=bash
# ktap.sh - for a suite: tests as KTAP lines, each with what must hold after
# every test, whatever it tested. To be sourced.
#
#	check "name" COMMAND...		one test: COMMAND must succeed
#	announce REGEX			the next test may log this
#	skip "name" "why"		a test that cannot run here
#	ktap_end			the plan; without it the suite has failed

number=0
announced=

# What a slow machine, an emulated one above all, says about itself: it is about
# time, never about pins or memory.
noise='clocksource:|hrtimer: interrupt took|perf: interrupt took|hogged CPU'

echo 'KTAP version 1'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints vipin's video node on a carrier, "platform" or "pci", that captures, or
# with a second word "out" the one that takes output.
node_of()
{
	local node name

	for node in /sys/class/video4linux/video*; do
		[ "$(basename "$(readlink -f "$node/device/driver")")" = vipin ] || continue
		[ "$(basename "$(readlink -f "$node/device/subsystem")")" = "$1" ] || continue
		read -r name <"$node/name"
		[ "${name##*-}" != "${2:-cap}" ] || {
			echo "/dev/${node##*/}"
			return
		}
	done
	return 1
}

# Pages pinned in the whole system; each CPU counts for itself until asked.
pins()
{
	local name count held=0

	echo 1 >/proc/sys/vm/stat_refresh
	while read -r name count; do
		case $name in
		nr_foll_pin_acquired) held=$((held + count)) ;;
		nr_foll_pin_released) held=$((held - count)) ;;
		esac
	done </proc/vmstat
	echo $held
}

# Frees of pins may be put off for a moment (a task's last exit work, RCU).
pins_are()
{
	local try

	for try in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(pins)" != "$1" ] || return 0
		sleep "0.$try"
	done
	return 1
}

kernel_warnings()
{
	dmesg --kernel --notime --level emerg,alert,crit,err,warn
}

# What must hold after every test. Says what does not.
healthy()
{
	local node said stamp

	pins_are "$1" || echo "pages are still pinned: $(pins), before the test $1"

	said=$(kernel_warnings | tail -n "+$(($2 + 1))" | grep -vE "$noise${announced:+|$announced}")
	[ -z "$said" ] || echo "the kernel said: $said"

	for node in /sys/class/video4linux/video*; do
		grep -qx 'vipin[0-9]*-cap' "$node/name" || continue
		IFS= read -r -N 4 -t 5 stamp <"/dev/${node##*/}"
		[ "$stamp" = VPIN ] || echo "${node##*/} does not stream any more"
	done
}

report()
{
	number=$((number + 1))
	echo "$1 $number - $2"
}

check()
{
	local name=$1 pinned logged ailing code=0

	shift
	pinned=$(pins)
	logged=$(kernel_warnings | wc -l)
	# A shell of its own, where the first command that fails ends it.
	(set -eu; "$@") </dev/null >"$work/output" 2>&1 &
	wait $! || code=$?
	ailing=$(healthy "$pinned" "$logged")
	announced=

	if [ "$code" -eq 0 ] && [ -z "$ailing" ]; then
		report ok "$name"
		return
	fi
	report 'not ok' "$name"
	echo "# '$*' ended with $code"
	[ -z "$ailing" ] || printf '# %s\n' "${ailing//$'\n'/$'\n# '}"
	tail -n 20 "$work/output" | sed 's/^/# | /'
}

announce()
{
	announced=$1
}

skip()
{
	report ok "$1 # SKIP $2"
}

ktap_end()
{
	echo "1..$number"
}
