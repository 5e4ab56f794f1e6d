#include "app/download_progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

namespace plumb::app {

DownloadProgress::DownloadProgress(const Settings& settings, const Streams* people)
    : people_{settings.flag("json") || settings.flag("quiet") ? nullptr : people},
      terminal_{people_ != nullptr && &people_->err == &std::cerr && ::isatty(STDERR_FILENO) == 1} {}

DownloadProgress::~DownloadProgress() { end_line(); }

void DownloadProgress::end_line() {
    if (drawn_) people_->err << '\n' << std::flush;
    drawn_ = false;
}

void DownloadProgress::show(const State& state) {
    if (people_ == nullptr || !terminal_) return;
    const auto now = std::chrono::steady_clock::now();
    if (last_ && now - *last_ < std::chrono::milliseconds{100}) return;
    last_ = now;
    constexpr int kWidth = 24;
    const int full = static_cast<int>(state.share * kWidth);
    people_->err << fmt::format("\r\x1b[K{} [{:#<{}}{:.<{}}] {:3.0f} %  {} of {} instruments, {} bars",
                                state.what, "", full, "", kWidth - full, state.share * 100, state.done,
                                state.instruments, state.bars)
                 << std::flush;
    drawn_ = true;
}

void DownloadProgress::say(const std::string& line) {
    if (people_ == nullptr) return;
    if (drawn_) people_->err << "\r\x1b[K";
    drawn_ = false;
    people_->err << one_line(line) << '\n' << std::flush;
}

}  // namespace plumb::app
