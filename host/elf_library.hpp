// A shared library's file, opened for reading only. Knows ELF and how to distrust it; what the notes mean is
// plugin_file's affair. Through libelf, by read() and never by mmap(): a file that shrinks while it is read gives an
// error, not a SIGBUS.
#pragma once

#include "descriptor.hpp"
#include "error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct Elf;

namespace host {

struct ElfNote {
    std::uint32_t type;
    std::string content;
};

class ElfLibrary {
public:
    // Refuses what is no complete shared library for the machine that the host runs on.
    static std::variant<ElfLibrary, Refusal> open(const std::filesystem::path &file);

    // The notes of this owner in the segments of type PT_NOTE.
    std::variant<std::vector<ElfNote>, Refusal> notes(std::string_view owner) const;

    // Does the dynamic symbol table define and export this name?
    bool exports(std::string_view name) const;

    // All names that it defines and exports.
    std::vector<std::string> exported_names() const;

private:
    struct EndElf {
        void operator()(Elf *elf) const;
    };

    ElfLibrary(Descriptor file, std::unique_ptr<Elf, EndElf> elf, std::uint64_t size);
    std::optional<Refusal> refusal() const;
    bool is_whole() const;
    // Gives each exported name to `visit`, until it returns false.
    template <class Visit>
    void visit_exports(Visit visit) const;
    bool holds(std::uint64_t offset, std::uint64_t length) const;

    Descriptor file_;
    std::unique_ptr<Elf, EndElf> elf_;
    std::uint64_t size_;
};

} // namespace host
