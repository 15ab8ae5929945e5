# Sourced by bin/moldau at every start (so nothing is run): settings that keep the memory of the process to what it uses.

# glibc: buffers of 320 KiB and more have memory of their own, which goes back to the system with them. Among small
# allocations they leave holes, which after a while are most of the memory of the process.
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-327680}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-8388608}"
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"

# V8: new objects get 16 MB at most: a burst of ten thousand partitions would have it grow to 128 MB, which V8 keeps.
heap_options=--max-semi-space-size=16
# In however small a control group V8 lets garbage pile up until the heap has 256 MiB: in one of less than 512 MiB the
# heap may have five eighths of it. The least limit of the group and those around it counts (as in memory-limit.ts).
least=536870912
if [ -r /proc/self/cgroup ]; then
  while IFS=: read -r _ controllers group; do
    case $controllers in
      '') folder=/sys/fs/cgroup limit=memory.max ;;
      memory) folder=/sys/fs/cgroup/memory limit=memory.limit_in_bytes ;;
      *) continue ;;
    esac
    # In a container the folders on the way may not be seen, and the uppermost is the group's own.
    while :; do
      bytes=
      [ ! -r "$folder$group/$limit" ] || read -r bytes < "$folder$group/$limit"
      case $bytes in
        *[!0-9]* | '') ;;
        *) [ "$bytes" -ge "$least" ] || least=$bytes ;;
      esac
      [ -n "$group" ] || break
      group=${group%/*}
    done
  done < /proc/self/cgroup
fi
[ "$least" -ge 536870912 ] ||
  heap_options="--max-semi-space-size=2 --max-old-space-size=$((least / 8388608 * 5))"
# What the user has chosen stays: on the command line ours would go before NODE_OPTIONS.
case ${NODE_OPTIONS-} in *max[-_]old[-_]space[-_]size* | *max[-_]semi[-_]space[-_]size*) heap_options= ;; esac
