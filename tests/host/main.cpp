// The host trusts no file that its group can write, and these tests make files for it: so they do not leave the
// permissions to the umask of whoever runs them.
#include <doctest/doctest.h>

#include <sys/stat.h>

int main(int argc, char **argv) {
    ::umask(022);
    return doctest::Context(argc, argv).run();
}
