#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::exchange {

/// Where the lines of a truth log go: a file, a test's string, or both a file and memory.
class TruthSink {
 public:
    virtual ~TruthSink() = default;
    /// One JSON object without its line break; borrowed for the call.
    virtual void write(std::string_view line) = 0;
};

/// What is true at the venues of one process, as JSON lines in one order (docs/reference/exchange.md): counts
/// them, and keeps the buffer they are made in.
class TruthLog {
 public:
    explicit TruthLog(TruthSink& sink) : sink_{sink} {}

    std::uint64_t next_sequence() { return ++sequence_; }
    std::uint64_t sequence() const { return sequence_; }
    void write(std::string_view line) { sink_.write(line); }

 private:
    TruthSink& sink_;
    std::uint64_t sequence_ = 0;
};

}  // namespace plumb::exchange
