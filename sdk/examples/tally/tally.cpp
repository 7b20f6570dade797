// A subcommand with the C++ wrapper: `pcasctl tally FILE...` counts lines, words and bytes. It shows a repeatable
// option, a result in text and in JSON, a failure of one part that does not stop the rest, progress, and how to stop
// when the user asks for it.
#include <pcasctl/plugin.hpp>

#include <array>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

// clang-format off
PCASCTL_MANIFEST({
    "command": "tally",
    "version": "1.0.0",
    "summary": "Count lines, words and bytes of files",
    "description": ["Counts the lines, words and bytes of each file. A file that cannot be read is reported, and the others are counted."],
    "options": [
        {"name": "file", "positional": true, "repeatable": true, "required": true, "complete": "file", "help": "A file to count."},
        {"name": "only", "type": "choice", "choices": ["lines", "words", "bytes"], "help": "Show this count alone."}
    ],
    "examples": [{"text": "How many lines have these?", "command": "pcasctl tally --only lines notes.txt todo.txt"}],
    "exit_codes": [
        {"code": 0, "meaning": "every file was counted"},
        {"code": 1, "meaning": "some files could not be read"},
        {"code": 2, "meaning": "wrong usage"}
    ]
});
// clang-format on

namespace {

struct Counts {
    unsigned long long lines = 0;
    unsigned long long words = 0;
    unsigned long long bytes = 0;
};

class Tally {
public:
    explicit Tally(pcasctl::Host host) : host_(host), only_(host.options().text("only")) {}

    int run() {
        const std::vector<std::string> files = host_.options().texts("file");
        const pcasctl::Progress progress = host_.progress("Counting", "bytes", size_of(files));
        std::int64_t done = 0;
        bool all_read = true;
        for (const std::string &file : files) {
            Counts counts;
            if (!count(file, counts, progress, done)) {
                host_.log().error("cannot read the file", {{"file", file}});
                all_read = false;
                continue;
            }
            // Asked between two files and within one: a file may be a pipe that never ends.
            if (host_.cancel().requested()) return PCASCTL_EXIT_CANCELLED;
            host_.output().write(host_.output().json() ? as_json(file, counts) : as_text(file, counts));
        }
        return all_read ? PCASCTL_EXIT_DONE : PCASCTL_EXIT_PARTIAL;
    }

private:
    bool count(const std::string &file, Counts &counts, const pcasctl::Progress &progress, std::int64_t &done) const {
        std::ifstream stream(file, std::ios::binary);
        std::array<char, 4096> block;
        bool in_word = false;
        while (stream && !host_.cancel().requested()) {
            stream.read(block.data(), block.size());
            add(block.data(), static_cast<std::size_t>(stream.gcount()), in_word, counts);
            done += stream.gcount();
            progress.update(done);
        }
        return stream.is_open() && !stream.bad();
    }

    static void add(const char *bytes, std::size_t count, bool &in_word, Counts &counts) {
        counts.bytes += count;
        for (std::size_t i = 0; i < count; ++i) {
            const bool is_space = std::isspace(static_cast<unsigned char>(bytes[i])) != 0;
            counts.lines += bytes[i] == '\n' ? 1 : 0;
            counts.words += !is_space && !in_word ? 1 : 0;
            in_word = !is_space;
        }
    }

    // Of all files together; a pipe, for one, does not say.
    static std::int64_t size_of(const std::vector<std::string> &files) {
        std::int64_t sum = 0;
        for (const std::string &file : files) {
            std::error_code error;
            const auto size = std::filesystem::file_size(file, error);
            if (error) return PCASCTL_TOTAL_UNKNOWN;
            sum += static_cast<std::int64_t>(size);
        }
        return sum;
    }

    bool shown(const char *what) const { return only_.empty() || only_ == what; }

    std::string as_text(const std::string &file, const Counts &counts) const {
        std::string text;
        if (shown("lines")) text += std::to_string(counts.lines) + " ";
        if (shown("words")) text += std::to_string(counts.words) + " ";
        if (shown("bytes")) text += std::to_string(counts.bytes) + " ";
        return text + file + "\n";
    }

    std::string as_json(const std::string &file, const Counts &counts) const {
        std::string text = "{\"file\":" + quoted(file);
        if (shown("lines")) text += ",\"lines\":" + std::to_string(counts.lines);
        if (shown("words")) text += ",\"words\":" + std::to_string(counts.words);
        if (shown("bytes")) text += ",\"bytes\":" + std::to_string(counts.bytes);
        return text + "}\n";
    }

    static std::string quoted(const std::string &text) {
        std::string json = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') json += '\\';
            const auto code = static_cast<unsigned char>(c);
            if (code < 0x20)
                json += std::string("\\u00") + "0123456789abcdef"[code / 16] + "0123456789abcdef"[code % 16];
            else
                json += c;
        }
        return json + '"';
    }

    pcasctl::Host host_;
    std::string only_;
};

} // namespace

PCASCTL_COMMAND(Tally);
