package main

// floor: what this machine gives anybody: bytes into a growing file, bytes over loopback, fdatasync of a small write.

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"sort"
	"syscall"
	"time"
)

func floor(folder string, megabytes int) map[string]any {
	out := map[string]any{}
	for _, size := range []int{16, 64, 256} {
		rate, cpu := pwriteLoop(folder, size<<10, megabytes<<20)
		name := map[int]string{16: "pwrite16K", 64: "pwrite64K", 256: "pwrite256K"}[size]
		out[name+"MBps"], out[name+"CpuSecondsPerGb"] = rate, cpu
	}
	out["loopbackMBps"] = loopback(megabytes << 20)
	p50, p99 := fdatasync(folder, 200)
	out["fdatasyncP50Ms"], out["fdatasyncP99Ms"] = p50, p99
	return out
}

// pwriteLoop extends a new file and deletes it.
func pwriteLoop(folder string, size, total int) (rate, cpuPerGb float64) {
	name := filepath.Join(folder, "floor")
	file, err := os.Create(name)
	must(err)
	defer os.Remove(name)
	defer file.Close()
	bytes := make([]byte, size)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	cpuBefore, begin := ownCPU(), time.Now()
	for at := 0; at < total; at += size {
		_, err := file.WriteAt(bytes, int64(at))
		must(err)
	}
	took := time.Since(begin).Seconds()
	return float64(total) / took / 1e6, (ownCPU() - cpuBefore) / (float64(total) / 1e9)
}

func ownCPU() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Sec+usage.Stime.Sec) + float64(usage.Utime.Usec+usage.Stime.Usec)/1e6
}

func loopback(total int) float64 {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	defer listener.Close()
	go func() {
		source := dial(listener.Addr().String())
		defer source.Close()
		bytes := make([]byte, 256<<10)
		for sent := 0; sent < total; sent += len(bytes) {
			_, err := source.Write(bytes)
			must(err)
		}
	}()
	sink, err := listener.Accept()
	must(err)
	begin := time.Now()
	bytes := make([]byte, 256<<10)
	received := 0
	for {
		n, err := sink.Read(bytes)
		received += n
		if err == io.EOF {
			return float64(received) / time.Since(begin).Seconds() / 1e6
		}
		must(err)
	}
}

// fdatasync of 16 KiB behind the other, in milliseconds.
func fdatasync(folder string, times int) (p50, p99 float64) {
	name := filepath.Join(folder, "floor")
	file, err := os.Create(name)
	must(err)
	defer os.Remove(name)
	defer file.Close()
	bytes := make([]byte, 16<<10)
	var all []float64
	for i := range times {
		_, err := file.WriteAt(bytes, int64(i*len(bytes)))
		must(err)
		begin := time.Now()
		must(syscall.Fdatasync(int(file.Fd())))
		all = append(all, float64(time.Since(begin).Microseconds())/1000)
	}
	sort.Float64s(all)
	return quantile(all, 0.5), quantile(all, 0.99)
}

// touch writes and deletes a file, so that the memory of the next run has been used before (PERFORMANCE: a virtual
// machine pays for the first touch of a page).
func touch(folder string, megabytes int) map[string]any {
	rate, cpu := pwriteLoop(folder, 64<<10, megabytes<<20)
	return map[string]any{"MBps": rate, "cpuSecondsPerGb": cpu}
}
