#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace plumb::exchange {

/// Where the lines of a truth log go: a file, or a test's text.
class TruthSink {
 public:
    virtual ~TruthSink() = default;
    /// One JSON object without its line break; borrowed for the call.
    virtual void write(std::string_view line) = 0;
};

/// What is true at the venues of one process, as JSON lines in one order (docs/reference/exchange.md). Counts
/// the lines and keeps the newest for the control endpoint.
class TruthLog {
 public:
    static constexpr std::size_t kKeptMax = 10'000;

    explicit TruthLog(TruthSink& sink) : sink_{sink} {}

    std::uint64_t next_sequence() { return ++sequence_; }
    std::uint64_t sequence() const { return sequence_; }
    /// The line of the newest sequence.
    void write(std::string_view line) {
        sink_.write(line);
        if (kKeptMax <= kept_.size()) kept_.pop_front();
        kept_.emplace_back(line);
    }
    /// The newest lines, at most kKeptMax; the last one has `sequence()`.
    const std::deque<std::string>& kept() const { return kept_; }

 private:
    TruthSink& sink_;
    std::uint64_t sequence_ = 0;
    std::deque<std::string> kept_;
};

}  // namespace plumb::exchange
