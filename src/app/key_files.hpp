#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "app/config_file.hpp"
#include "base/result.hpp"

namespace plumb::app {

/// Reads config/api_keys.yaml as the earlier programs write it: provider, then api_key and api_secret (or
/// secret_key, secret, private_key, passphrase, in any of the usual spellings). Keys come back as ours
/// ("coinbase-api-key"); what we do not know belongs to other programs and is left alone. Errors never show a
/// value: Errc::parse with the line, Errc::not_found, Errc::io.
Result<std::vector<FileEntry>> read_key_file(const std::filesystem::path& path);

/// Reads a file that holds one venue's key, as venues hand it out: Coinbase's JSON of name and privateKey,
/// any JSON or YAML of a key and a secret, a PEM private key alone, or lines with the key and then the
/// secret. Refused unless it is a regular file that only its owner can read (X06). Errc::invalid_argument
/// says what to type, Errc::parse what was expected; no error shows a value.
Result<std::vector<FileEntry>> read_venue_key_file(const std::filesystem::path& path, std::string_view venue);

/// A key as it will be sent: blanks around it dropped, \n in a PEM made line breaks. Errc::parse for control
/// characters inside, which no key has and which would end a header.
Result<std::string> clean_key(std::string_view text);

}  // namespace plumb::app
