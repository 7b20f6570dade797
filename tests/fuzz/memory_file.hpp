// A file without a disk, whose content is replaced for each input of a parser that wants a path.
#pragma once

#include "fuzz.hpp"

#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace fuzz {

class MemoryFile {
public:
    MemoryFile() : number_(::memfd_create("input", MFD_CLOEXEC)) {}
    ~MemoryFile() { ::close(number_); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

    void set_content(std::string_view content) const {
        const bool written =
            ::ftruncate(number_, 0) == 0
            && ::pwrite(number_, content.data(), content.size(), 0) == static_cast<ssize_t>(content.size());
        expect(written, "the fuzzer can write its file");
    }

private:
    int number_;
};

} // namespace fuzz
