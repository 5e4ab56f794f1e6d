#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace plumb::io {

/// Reads a text file line by line, plain or gzip (told by its first bytes), in memory of one line and a small
/// buffer.
class LineReader {
 public:
    static constexpr std::size_t kLineBytesMax = std::size_t{4} << 20;

    /// Errc::not_found, Errc::io.
    static Result<LineReader> open(const std::filesystem::path& path,
                                   std::size_t line_bytes_max = kLineBytesMax);

    /// The next line without its end (\n or \r\n), living until the next call; nothing at the end.
    /// Errc::truncated when a compressed file stops early or is damaged, Errc::out_of_range for a line above
    /// the limit; the message names file and line.
    Result<std::optional<std::string_view>> next();

    std::uint64_t line_number() const { return line_number_; }  // of the line given last, from 1
    const std::filesystem::path& path() const { return path_; }

    LineReader(LineReader&& other) noexcept;
    LineReader& operator=(LineReader&& other) noexcept;
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader();

 private:
    LineReader(std::filesystem::path path, void* file, std::size_t line_bytes_max);
    Status fill();

    std::filesystem::path path_;
    void* file_ = nullptr;  // gzFile, kept out of this header
    std::string buffer_;
    std::size_t begin_ = 0;  // of what is not given out
    std::size_t line_bytes_max_;
    std::uint64_t line_number_ = 0;
    bool ended_ = false;
};

}  // namespace plumb::io
