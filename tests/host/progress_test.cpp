// How far a task has come: in words, and when that is said. The clock is the test's own.
#include "progress.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <pty.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace host;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// What is written to stderr while this lives goes to a terminal, or to a pipe that nobody could take for one.
class CapturedStderr {
public:
    explicit CapturedStderr(bool terminal) : before_(::dup(STDERR_FILENO)) {
        int ends[2];
        const winsize size = {24, 40, 0, 0};
        const int made = terminal ? ::openpty(&ends[0], &ends[1], nullptr, nullptr, &size) : ::pipe(ends);
        REQUIRE(made == 0);
        ::dup2(ends[1], STDERR_FILENO);
        ::close(ends[1]);
        reading_ = ends[0];
    }
    ~CapturedStderr() {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
        ::close(reading_);
    }
    CapturedStderr(const CapturedStderr &) = delete;
    CapturedStderr &operator=(const CapturedStderr &) = delete;

    // What has come since the last call. A terminal passes on what it was given a moment later, so a mark is sent behind
    // it, and waited for.
    std::string text() const {
        REQUIRE(::write(STDERR_FILENO, &mark, 1) == 1);
        std::string text;
        for (char byte = 0; ::read(reading_, &byte, 1) == 1 && byte != mark;) text += byte;
        return text;
    }

private:
    static constexpr char mark = '\x01';

    int before_;
    int reading_ = -1;
};

// A host's parts around a Progress, and a clock that stands still unless it is moved.
struct Shown {
    explicit Shown(const Common &common = {})
        : terminal(Environment(std::map<std::string, std::string>{{"TERM", "xterm"}})), line(terminal),
          log(common, "copy", false, line), progress(common, log, line, [this] { return now; }) {}

    Terminal terminal;
    LiveLine line;
    Log log;
    Progress::Time now = {};
    Progress progress;
};

// A message of the log without its time.
std::string message(const std::string &line) {
    const std::size_t time = line.find("Z ");
    return time == std::string::npos ? line : line.substr(time + 2);
}

} // namespace

TEST_CASE("progress is said in the task's own words") {
    CHECK(progress_text({"Counting", "files", 30, 40}, seconds(1)) == "Counting: 30 of 40 files (75 %)");
    CHECK(progress_text({"Counting", "files", 30, 40}, seconds(60)) == "Counting: 30 of 40 files (75 %), 20 s left");
    CHECK(progress_text({"Counting", "files", 30}, seconds(60)) == "Counting: 30 files");
    CHECK(progress_text({"Counting", "files", 0, 0}, seconds(60)) == "Counting: 0 of 0 files");
    CHECK(progress_text({"Counting", "files", 40, 40}, seconds(60)) == "Counting: 40 of 40 files (100 %)");
    CHECK(progress_text({"Counting", "files", 1, 150}, seconds(2))
          == "Counting: 1 of 150 files (0 %), 4 min 58 s left");
    CHECK(progress_text({"Counting", "files", 1, 4}, seconds(3600)) == "Counting: 1 of 4 files (25 %), 3 h 0 min left");
}

TEST_CASE("bytes are shown in units that can be read") {
    CHECK(progress_text({"Reading", "bytes", 1023, 1024}, seconds(0)) == "Reading: 1023 bytes of 1.0 KiB (99 %)");
    CHECK(progress_text({"Reading", "bytes", 1572864}, seconds(0)) == "Reading: 1.5 MiB");
    CHECK(progress_text({"Reading", "bytes", std::numeric_limits<std::int64_t>::max()}, seconds(0))
          == "Reading: 8.0 EiB");
}

TEST_CASE("numbers that make no sense and text that would move the cursor do no harm") {
    CHECK(progress_text({"Counting", "files", 50, 40}, seconds(60)) == "Counting: 50 of 40 files (100 %)");
    CHECK(progress_text({"Counting", "files", -1, 40}, seconds(60)) == "Counting: -1 of 40 files (0 %)");
    CHECK(progress_text({"Cou\nnting", "\x1b[2J", 1}, seconds(60)) == "Cou\\x0anting: 1 \\x1b[2J");
    CHECK(progress_text({"Counting", "files", 1, std::numeric_limits<std::int64_t>::max()}, seconds(60))
          == "Counting: 1 of 9223372036854775807 files (0 %)");
}

TEST_CASE("on a terminal, the line is drawn at once, and then at most ten times a second") {
    const CapturedStderr captured(true);
    Shown shown;
    const int task = shown.progress.begin("Copying", "files", 3);
    CHECK(captured.text() == "\rCopying: 0 of 3 files (0 %)\x1b[K");
    shown.progress.update(task, 1, 3);
    CHECK(captured.text() == "");
    shown.now += milliseconds(100);
    shown.progress.update(task, 2, 4);
    CHECK(captured.text() == "\rCopying: 2 of 4 files (50 %)\x1b[K");
    shown.progress.end(task);
    CHECK(captured.text() == "\r\x1b[K");
}

TEST_CASE("a line that is too long for the terminal is cut off, between characters") {
    const CapturedStderr captured(true);
    Shown shown;
    shown.progress.begin("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4 Copying what is far too long", "files", 3);
    CHECK(captured.text() == "\r\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4 Copying what is far too long: \x1b[K");
}

TEST_CASE("the task that was begun last is shown, and the one before it again when it has ended") {
    const CapturedStderr captured(true);
    Shown shown;
    const int outer = shown.progress.begin("Outer", "files", -1);
    const int inner = shown.progress.begin("Inner", "rows", -1);
    captured.text();
    shown.now += seconds(1);
    shown.progress.update(outer, 7, -1);
    CHECK(captured.text() == "");
    shown.progress.end(inner);
    CHECK(captured.text() == "\rOuter: 7 files\x1b[K");
    shown.progress.update(inner, 9, -1);
    shown.progress.end(inner);
    shown.progress.update(4711, 1, 1);
    CHECK(captured.text().find("Inner") == std::string::npos);
}

TEST_CASE("without a terminal, a task that takes long is logged every ten seconds") {
    const CapturedStderr captured(false);
    Shown shown;
    const int task = shown.progress.begin("Copying", "files", 40);
    shown.now += milliseconds(9999);
    shown.progress.update(task, 1, 40);
    CHECK(captured.text() == "");
    shown.now += milliseconds(1);
    shown.progress.update(task, 2, 40);
    CHECK(message(captured.text()) == "info  Copying done=2 total=40 unit=files\n");
    shown.now += seconds(9);
    shown.progress.update(task, 3, 40);
    CHECK(captured.text() == "");
    shown.now += seconds(1);
    shown.progress.update(task, 4, -1);
    CHECK(message(captured.text()) == "info  Copying done=4 unit=files\n");
    shown.progress.end(task);
    CHECK(captured.text() == "");
}

TEST_CASE("quiet is quiet, with a terminal and without") {
    for (const bool terminal : {true, false}) {
        const CapturedStderr captured(terminal);
        Shown shown(Common{.log_level = LogLevel::warning});
        const int task = shown.progress.begin("Copying", "files", 40);
        shown.now += seconds(20);
        shown.progress.update(task, 2, 40);
        shown.progress.end(task);
        CHECK(captured.text() == "");
    }
}

TEST_CASE("many threads at once leave every message of the log whole, and the line below them") {
    constexpr int threads = 4, messages = 5;
    const std::string cleared = "\x1b[K";
    const CapturedStderr captured(true);
    Shown shown;
    {
        std::vector<std::thread> workers;
        workers.reserve(threads);
        for (int i = 0; i < threads; ++i)
            workers.emplace_back([&shown] {
                const int task = shown.progress.begin("Working", "parts", messages);
                for (int done = 0; done < messages; ++done) {
                    shown.log.write(LogLevel::info, "told");
                    shown.progress.update(task, done, messages);
                }
                shown.progress.end(task);
            });
        for (std::thread &worker : workers) worker.join();
    }
    std::string text = captured.text();
    int whole = 0;
    for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
        const std::string line = text.substr(0, end);
        std::string rest = line.substr(line.rfind('\r', line.size() - 2) + 1);
        if (rest.rfind(cleared, 0) == 0) rest.erase(0, cleared.size());
        CHECK_MESSAGE(rest.rfind("20", 0) == 0, "something stands before the time: " << line);
        CHECK_MESSAGE(message(rest) == "info  told\r", line);
        ++whole;
    }
    CHECK(whole == threads * messages);
    CHECK(text.substr(text.size() - 4) == "\r" + cleared);
}
