#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "io/line_reader.hpp"

namespace plumb::wire {

/// One recorded WebSocket frame.
struct CapturedFrame {
    std::string_view text;   // lives until the next call
    Timestamp received_at;   // zero where the file says nothing
    std::uint64_t line = 0;  // where it begins, from 1
    std::size_t column = 0;  // bytes before it on that line
};

/// Cuts a file into frames, whatever recorded it: one JSON per line, `<receive time> <json>` (nanoseconds; or
/// seconds with a fraction and a colon), JSON documents over several lines one after another, or one JSON
/// list of them. Plain or gzip. A line that is cut off costs only itself: the next line that starts a
/// document starts a new frame.
class FrameReader {
 public:
    static constexpr std::size_t kFrameBytesMax = std::size_t{1} << 20;

    /// What a JSON list in the file is. Some venues send lists: there a list is one frame, and only a list of
    /// lists holds several.
    enum class Lists : unsigned char { hold_frames, are_frames };

    /// Errors as io::LineReader's.
    static Result<FrameReader> open(const std::filesystem::path& path, Lists lists = Lists::hold_frames);

    /// The next frame; nothing at the end. Errors as io::LineReader's. A frame above kFrameBytesMax is
    /// cut there.
    Result<std::optional<CapturedFrame>> next();

    const std::filesystem::path& path() const { return lines_.path(); }

 private:
    struct Kept {
        std::string text;
        Timestamp received_at;
        std::uint64_t line = 0;
        std::size_t column = 0;
    };

    FrameReader(io::LineReader lines, Lists kind) : lines_{std::move(lines)}, lists_{kind} {}
    std::optional<CapturedFrame> take_line(std::string_view line);
    void take_list_part(std::string_view text, std::size_t column);
    void scan(std::string_view text);
    bool holds_frames(std::string_view text) const;
    void keep();
    std::optional<CapturedFrame> give();

    io::LineReader lines_;
    Lists lists_;
    Kept pending_;   // a document not complete yet
    int depth_ = 0;  // of brackets in pending_
    bool in_list_ = false;
    Timestamp list_received_at_;
    std::deque<Kept> kept_;
    Kept given_;
};

}  // namespace plumb::wire
