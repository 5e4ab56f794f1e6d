#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "exchange/host/truth_log.hpp"

namespace plumb::exchange {

/// A truth log's file: replaced at the start, written in blocks of 256 KiB and at every flush(). What a
/// process that dies leaves behind ends in whole or part of a line; the judge says which line is the last.
class TruthFile : public TruthSink {
 public:
    /// Errc::io, Errc::disk_full, Errc::not_found for a folder that is not there.
    static Result<TruthFile> open(const std::filesystem::path& path);
    TruthFile(TruthFile&& other) noexcept;
    TruthFile& operator=(TruthFile&&) = delete;
    TruthFile(const TruthFile&) = delete;
    TruthFile& operator=(const TruthFile&) = delete;
    ~TruthFile() override;

    void write(std::string_view line) override;
    /// Writes what is waiting; the first trouble ever met is told each time, and nothing is written after it.
    Status flush();

 private:
    TruthFile(std::filesystem::path path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {}
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::string waiting_;
    Status status_;
};

}  // namespace plumb::exchange
