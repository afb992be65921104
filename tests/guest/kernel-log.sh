# shellcheck shell=bash
# kernel-log.sh - read the kernel's log. Source this file.

# shellcheck source=tests/guest/paths.sh
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"

# Kernel messages that do not make a test fail.
mapfile -t harmless < <(grep '^[^#]' "${BASH_SOURCE[0]%/*}/harmless-messages")

# What the kernel logs in scenarios of pin-life: a length is wrong, or a page keeps its block of memory
# from going offline at first. A WARNING or BUG does not match.
# shellcheck disable=SC2034 # used by the scripts that source this file
{
wrong_lengths='contiguous (chunk|mapping) is too small|bytesused == 0|use the actual size'
block_stays_online='^page: ?|^[a-z]+ flags: |^flags: |^raw: |^head: ?|^memcg:|^page dumped|^page_type|^aops'
block_stays_online+='|^anon|^migrating pfn|^failed to isolate pfn|^page_owner |^page last '
block_stays_online+='|^page->mem_cgroup|^ [A-Za-z_]|^ 0x'
}

# Open the log, and skip the messages that it has.
open_kernel_log()
{
	exec {kernel_log}</dev/kmsg
	read_kernel_log
}

# Set "records" to the kernel messages since the last call, of level warning and above. A record is
# "level and facility,number,time,flags;text", and may be followed by lines that start with a space.
read_records()
{
	local record

	records=()
	# Most of the time there is no message, and no process is started. dd fails when records
	# were overwritten before they were read. The loop then reads on.
	while read -r -t 0 -u "$kernel_log"; do
		while IFS= read -r record; do
			[[ $record != ' '* ]] || continue
			# Skip the continuation of a record that another record interrupted.
			[[ ${record%%;*}, != *,c,* ]] || continue
			((${record%%,*} > 4)) || records+=("${record#*;}")
		done < <(dd bs=8192 iflag=nonblock status=none <&"$kernel_log" 2>/dev/null)
	done
}

# A report of KCSAN: its title, two accesses with their stacks, and lines about the task. A line of
# "=" is before and after it.
race_title='BUG: KCSAN: '
race_access=' on cpu [0-9]+:$'
race_line="$race_access|^$|^ |^value changed: |^Reported by Kernel|^CPU: |^Tainted: |^Hardware name: "
races=$VIPIN_OUT/races
race=()
race_is_ours=
race_depth=0

# Append to "warnings" the records that are not about data races of the kernel itself. Append the
# titles of those to the file "races", which the suite watchdogs prints. A report is about vipin
# or vimap if one of the accesses is in its function, or in a function that it has called. The report
# that is not complete stays in "race".
judge_races()
{
	local line

	for line in "${records[@]}"; do
		if [[ $line == "$race_title"* ]]; then
			race=("$line")
			race_is_ours=
			race_depth=0
		elif [ ${#race[@]} -gt 0 ] && [[ $line =~ $race_line ]]; then
			race+=("$line")
		elif [[ ! $line =~ ^=+$ ]]; then
			warnings+=("$line")
			continue
		elif [ ${#race[@]} -gt 0 ]; then
			if [ -n "$race_is_ours" ]; then
				warnings+=("${race[@]}")
			else
				echo "${race[0]}" >>"$races"
			fi
			race=()
		fi
		# Look at the title, and at the two innermost functions of each stack.
		race_depth=$((race_depth + 1))
		[[ ! $line =~ $race_access ]] || race_depth=0
		[[ ! $line =~ (vipin|vimap)_ || $race_depth -gt 2 ]] || race_is_ours=yes
	done
}

# Set "warnings" to the messages since the last call, without reports about data races of the kernel.
read_kernel_log()
{
	local try

	warnings=()
	read_records
	if [ ! -e /sys/kernel/debug/kcsan ]; then
		warnings=("${records[@]}")
		return
	fi
	judge_races
	# Wait for the end of a report that is being printed.
	for try in {1..50}; do
		[ ${#race[@]} -gt 0 ] || break
		sleep 0.1
		read_records
		judge_races
	done
}

# A harmless message may be followed by a stack, from "CPU: " to "</TASK>", which is harmless, too.
stack=
is_harmless()	# MESSAGE
{
	local part

	for part in "${harmless[@]}"; do
		[[ $1 != *"$part"* ]] || {
			stack=next
			return 0
		}
	done
	[[ $stack != next || $1 != 'CPU: '* ]] || stack=now
	[[ $stack = now ]] || stack=
	[ -n "$stack" ] || return 1
	[[ $1 != *'</TASK>'* ]] || stack=
}
