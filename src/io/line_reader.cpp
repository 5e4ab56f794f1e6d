#include "io/line_reader.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <utility>

#include "io/file.hpp"

namespace plumb::io {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;

gzFile handle(void* file) { return static_cast<gzFile>(file); }

}  // namespace

LineReader::LineReader(std::filesystem::path path, void* file, std::size_t line_bytes_max)
    : path_{std::move(path)}, file_{file}, line_bytes_max_{line_bytes_max} {}

LineReader::LineReader(LineReader&& other) noexcept
    : path_{std::move(other.path_)},
      file_{std::exchange(other.file_, nullptr)},
      buffer_{std::move(other.buffer_)},
      begin_{other.begin_},
      line_bytes_max_{other.line_bytes_max_},
      line_number_{other.line_number_},
      ended_{other.ended_} {}

LineReader& LineReader::operator=(LineReader&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
    std::swap(buffer_, other.buffer_);
    std::swap(begin_, other.begin_);
    std::swap(line_bytes_max_, other.line_bytes_max_);
    std::swap(line_number_, other.line_number_);
    std::swap(ended_, other.ended_);
    return *this;
}

LineReader::~LineReader() {
    if (file_ != nullptr) gzclose_r(handle(file_));
}

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t line_bytes_max) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(Errc::io, fmt::format("expected a file, found a folder: {}", path.string()));
    errno = 0;
    const gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) return fail(error_from_errno("cannot open", path));
    gzbuffer(file, kChunk);
    return LineReader{path, file, line_bytes_max};
}

Status LineReader::fill() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t had = buffer_.size();
    buffer_.resize(had + kChunk);
    const int count = gzread(handle(file_), buffer_.data() + had, kChunk);
    buffer_.resize(had + (count > 0 ? static_cast<std::size_t>(count) : 0));
    if (count > 0) return {};
    ended_ = true;
    int code = Z_OK;
    const char* words = gzerror(handle(file_), &code);
    if (code == Z_OK || code == Z_STREAM_END) return {};
    if (code == Z_ERRNO) return fail(error_from_errno("cannot read", path_));
    return fail(Errc::truncated,
                fmt::format("{}: the compressed file is damaged or ends early after line {} ({})",
                            path_.string(), line_number_, words));
}

Result<std::optional<std::string_view>> LineReader::next() {
    std::size_t searched = begin_;
    while (true) {
        const std::size_t end = buffer_.find('\n', searched);
        if (end != std::string::npos) {
            std::string_view line{buffer_.data() + begin_, end - begin_};
            begin_ = end + 1;
            ++line_number_;
            if (line.ends_with('\r')) line.remove_suffix(1);
            return line;
        }
        if (buffer_.size() - begin_ > line_bytes_max_)
            return fail(Errc::out_of_range, fmt::format("{}: line {} is longer than {} bytes", path_.string(),
                                                        line_number_ + 1, line_bytes_max_));
        if (ended_) break;
        searched = buffer_.size() - begin_;  // where the buffer ends once fill() has moved it
        if (Status status = fill(); !status) return fail(status.error());
    }
    if (begin_ == buffer_.size()) return std::nullopt;
    const std::string_view line{buffer_.data() + begin_, buffer_.size() - begin_};
    begin_ = buffer_.size();
    ++line_number_;
    return line;
}

}  // namespace plumb::io
