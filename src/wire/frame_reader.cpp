#include "wire/frame_reader.hpp"

#include <cstdint>

namespace plumb::wire {
namespace {

bool is_digit(char c) { return '0' <= c && c <= '9'; }
bool starts_document(char c) { return c == '{' || c == '['; }

struct Stamp {
    Timestamp time;
    std::size_t length = 0;  // of the stamp and what parts it from the frame
};

/// The receive time before a frame: a whole number of nanoseconds, or seconds with a fraction. Length zero
/// when there is none.
Stamp read_stamp(std::string_view line) {
    constexpr std::size_t kDigitsMax = 19;
    std::size_t at = 0;
    std::uint64_t digits = 0;
    while (at < line.size() && is_digit(line[at]) && at < kDigitsMax)
        digits = digits * 10 + static_cast<unsigned>(line[at++] - '0');
    if (at == 0 || static_cast<std::uint64_t>(INT64_MAX) < digits) return {};
    const auto whole = static_cast<std::int64_t>(digits);
    std::int64_t fraction = 0, unit = 1'000'000'000;
    const bool point = at < line.size() && line[at] == '.';
    if (point) {
        for (++at; at < line.size() && is_digit(line[at]); ++at) {
            if (unit == 1) continue;
            unit /= 10;
            fraction += (line[at] - '0') * unit;
        }
        if (whole > 9'000'000'000) return {};
    }
    if (at < line.size() && line[at] == ':') ++at;
    const std::size_t blank = at;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    if (at == blank || at == line.size() || !starts_document(line[at])) return {};
    return {timestamp_from_ns(point ? whole * 1'000'000'000 + fraction : whole), at};
}

}  // namespace

Result<FrameReader> FrameReader::open(const std::filesystem::path& path, Lists lists) {
    Result<io::LineReader> reader = io::LineReader::open(path);
    if (!reader) return fail(reader.error());
    return FrameReader{std::move(*reader), lists};
}

/// Follows brackets through `text`, which begins outside of a string: no JSON string spans lines.
void FrameReader::scan(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (starts_document(c)) {
            ++depth_;
        } else if (c == '}' || c == ']') {
            --depth_;
        }
    }
}

/// Whether the document that begins here is a list of frames rather than a frame.
bool FrameReader::holds_frames(std::string_view text) const {
    if (text.front() != '[') return false;
    const std::size_t next = text.find_first_not_of(" \t", 1);
    return lists_ == Lists::hold_frames || (next != std::string_view::npos && text[next] == '[');
}

void FrameReader::keep() {
    if (!pending_.text.empty()) kept_.push_back(std::move(pending_));
    pending_ = {};
    depth_ = 0;
}

/// Elements of a list, over any number of lines: each becomes a frame.
void FrameReader::take_list_part(std::string_view text, std::size_t column) {
    bool quoted = false, escaped = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool blank = c == ' ' || c == '\t' || c == ',';
        if (pending_.text.empty() && blank) continue;
        if (depth_ == 0 && (c == ',' || c == ']') && !quoted) {
            keep();
            if (c == ',') continue;
            in_list_ = false;
            return;
        }
        if (pending_.text.empty()) {
            pending_.received_at = list_received_at_;
            pending_.line = lines_.line_number();
            pending_.column = column + i;
        }
        if (pending_.text.size() <= kFrameBytesMax) pending_.text += c;
        if (quoted) {
            if (c == '"' && !escaped) quoted = false;
            escaped = c == '\\' && !escaped;
        } else if (c == '"') {
            quoted = true;
        } else if (starts_document(c)) {
            ++depth_;
        } else if (c == '}' || c == ']') {
            --depth_;
        }
    }
    if (!pending_.text.empty()) pending_.text += '\n';
}

std::optional<CapturedFrame> FrameReader::take_line(std::string_view line) {
    if (in_list_) {
        take_list_part(line, 0);
        return std::nullopt;
    }
    const Stamp stamp = read_stamp(line);
    const std::string_view text = line.substr(stamp.length);
    const bool fresh = !text.empty() && starts_document(text.front());
    if (!pending_.text.empty() && fresh && (text.front() == '{' || stamp.length > 0))
        keep();  // the last one was cut off
    if (!pending_.text.empty()) {
        scan(text);
        if (pending_.text.size() <= kFrameBytesMax) pending_.text.append("\n").append(text);
        if (depth_ <= 0) keep();
        return std::nullopt;
    }
    if (text.find_first_not_of(" \t") == std::string_view::npos) return std::nullopt;
    if (fresh && holds_frames(text)) {
        in_list_ = true;
        list_received_at_ = stamp.time;
        take_list_part(text.substr(1), stamp.length + 1);
        return std::nullopt;
    }
    depth_ = 0;
    if (fresh) scan(text);
    if (depth_ <= 0) {
        depth_ = 0;
        const CapturedFrame frame{text, stamp.time, lines_.line_number(), stamp.length};
        if (kept_.empty()) return frame;
        kept_.push_back({std::string{text}, frame.received_at, frame.line, frame.column});
        return std::nullopt;
    }
    pending_ = {std::string{text}, stamp.time, lines_.line_number(), stamp.length};
    return std::nullopt;
}

std::optional<CapturedFrame> FrameReader::give() {
    if (kept_.empty()) return std::nullopt;
    given_ = std::move(kept_.front());
    kept_.pop_front();
    return CapturedFrame{given_.text, given_.received_at, given_.line, given_.column};
}

Result<std::optional<CapturedFrame>> FrameReader::next() {
    while (true) {
        if (auto frame = give()) return frame;
        const Result<std::optional<std::string_view>> line = lines_.next();
        if (!line) return fail(line.error());
        if (!*line) {
            keep();
            return give();
        }
        if (auto frame = take_line(**line)) return frame;
    }
}

}  // namespace plumb::wire
