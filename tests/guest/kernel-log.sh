# shellcheck shell=bash
# kernel-log.sh - read the kernel's log. Source this file.

# Kernel messages that do not make a test fail.
mapfile -t harmless < <(grep -v '^#' "$(dirname "${BASH_SOURCE[0]}")/harmless-messages" | grep .)

# What the kernel logs in scenarios of pin-life: a length is wrong, or a page keeps its block of memory
# from going offline at first. A WARNING or BUG does not match.
# shellcheck disable=SC2034 # used by the scripts that source this file
{
wrong_lengths='contiguous (chunk|mapping) is too small|bytesused == 0|use the actual size'
block_stays_online='^page: ?|^[a-z]+ flags: |^flags: |^raw: |^head: ?|^memcg:|^page dumped|^page_type|^aops'
block_stays_online+='|^anon|^migrating pfn|^failed to isolate pfn|^page_owner |^page last '
block_stays_online+='|^page->mem_cgroup|^ [A-Za-z_]'
}

# Open the log, and skip the messages that it has.
open_kernel_log()
{
	exec {kernel_log}</dev/kmsg
	read_kernel_log
}

# Set "warnings" to the kernel messages since the last call, of level warning and above. A record is
# "level and facility,number,time,flags;text", and may be followed by lines that start with a space.
read_kernel_log()
{
	local record

	warnings=()
	# Most of the time there is no message, and no process is started. dd fails when records
	# were overwritten before they were read. The loop then reads on.
	while read -r -t 0 -u "$kernel_log"; do
		while IFS= read -r record; do
			[[ $record != ' '* ]] || continue
			# Skip the continuation of a record that another record interrupted.
			[[ ${record%%;*}, != *,c,* ]] || continue
			((${record%%,*} > 4)) || warnings+=("${record#*;}")
		done < <(dd bs=8192 iflag=nonblock status=none <&"$kernel_log" 2>/dev/null)
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
