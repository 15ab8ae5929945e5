/*
 * Cuts the power of a file system: waits for a byte on its standard input, then asks ext4 to shut down without writing
 * its journal (EXT4_IOC_SHUTDOWN, flag 2), as if the machine had lost power. Prints one line when it is ready and one
 * when it has done so. Stands ready beforehand, since the cut must follow the horizon of acknowledgements at once.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int count, char **words) {
  uint32_t flag = 2;
  char byte;
  int fd = count == 2 ? open(words[1], O_RDONLY) : -1;
  if (fd < 0) return 2;
  dprintf(1, "ready\n");
  if (read(0, &byte, 1) != 1) return 3;
  if (ioctl(fd, 0x8004587d, &flag) != 0) return 4;
  dprintf(1, "cut\n");
  return 0;
}
