// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The kinds of credential that each department issues
/// @notice A credential type is the SHA-256 of its definition file, which is immutable; another version is another type.
interface ICredentialTypes {
    /// @notice `None` is a type that the issuer never opened. `Closed` is for ever.
    enum TypeState {
        None,
        Open,
        Closed
    }

    /// @notice `issuer` issues credentials of the type `definition`, its `number`-th.
    event CredentialTypeOpened(uint32 indexed issuer, uint32 number, bytes32 definition);

    /// @notice `issuer` issues no more credentials of its `number`-th type. Those that it issued stay as they are.
    event CredentialTypeClosed(uint32 indexed issuer, uint32 number);

    /// @dev The issuer opened this definition before.
    error CredentialTypeAlreadyOpened(uint32 issuer, bytes32 definition, uint32 number);

    /// @dev A hash of zero names no definition.
    error CredentialTypeInvalidDefinition(uint32 issuer, bytes32 definition);

    /// @dev Only an open type can be closed.
    error CredentialTypeNotOpen(uint32 issuer, uint32 number, TypeState state);

    /// @notice Opens a type and gives it the issuer's next number, from 1 without gaps.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, which is active, and the registry is not paused.
    /// - `definition` is not zero, and `issuer` never opened it before.
    ///
    /// Emits a {CredentialTypeOpened} event.
    function openCredentialType(uint32 issuer, bytes32 definition) external returns (uint32 number);

    /// @notice Closes a type for ever: no new batch of it can be anchored.
    ///
    /// Requirements:
    ///
    /// - the caller is the admin of `issuer`, in whatever state the issuer is.
    /// - the type is open.
    ///
    /// Emits a {CredentialTypeClosed} event.
    function closeCredentialType(uint32 issuer, uint32 number) external;
}
