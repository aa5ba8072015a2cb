// What the disk can do: sync FILE COUNT BYTES [fsync|fdatasync]: appends, each made durable.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static int compare(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

int main(int count, char **words) {
  if (count < 4) return 64;
  int n = atoi(words[2]), size = atoi(words[3]), full = count > 4 && !strcmp(words[4], "fsync");
  int file = open(words[1], O_CREAT | O_TRUNC | O_WRONLY, 0644);
  char *bytes = calloc(1, size); double *each = malloc(n * sizeof *each), start = now();
  for (int i = 0; i < n; i++) {
    double before = now();
    if (write(file, bytes, size) != size || (full ? fsync(file) : fdatasync(file))) { perror(words[1]); return 1; }
    each[i] = now() - before;
  }
  double seconds = now() - start; qsort(each, n, sizeof *each, compare);
  printf("%s %d bytes: %.0f/s p50=%.0fus p99=%.0fus\n", full ? "fsync" : "fdatasync", size, n / seconds, each[n / 2] * 1e6, each[(int)(n * .99)] * 1e6);
  unlink(words[1]); return 0;
}
