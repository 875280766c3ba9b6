// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.37;

/// @title The guardian's pause
/// @notice For the hour in which nobody knows yet what has happened: a guardian stops, for at most 3 days in any 30,
/// whatever creates or prolongs power. Nothing that takes power or validity away is ever stopped.
interface IPausing {
    /// @notice `guardian` may pause from now on (zero: nobody).
    event GuardianChanged(address guardian);

    /// @notice What creates or prolongs power is stopped before `until`.
    event Paused(uint40 until);

    /// @notice The pause is over before its time.
    event Unpaused();

    /// @dev The guardian has paused lately, and can again from `allowedFrom`.
    error GuardianPauseTooSoon(uint40 now_, uint40 allowedFrom);

    /// @dev `account` is not the guardian, nor the governance where that may do it too.
    error GuardianUnauthorized(address account);

    /// @dev There is no pause to end.
    error RegistryNotPaused();

    /// @dev What was asked creates or prolongs power, and is stopped before `until`.
    error RegistryPaused(uint40 until);

    /// @notice Names who may pause; zero for nobody. A pause under way goes on, and the 30 days count for the next one too.
    ///
    /// Requirements:
    ///
    /// - the caller is the governance.
    ///
    /// Emits a {GuardianChanged} event.
    function setGuardian(address guardian_) external;

    /// @notice Stops for 3 days whatever creates or prolongs power: admitting and reinstating issuers, taking over an
    /// admin's place, keys, credential types, batches, endorsements, reinstatements, shorter suspensions, extensions, notices.
    ///
    /// Requirements:
    ///
    /// - the caller is the guardian.
    /// - the last pause began at least 30 days ago.
    ///
    /// Emits a {Paused} event.
    function pause() external;

    /// @notice Ends the pause at once.
    ///
    /// Requirements:
    ///
    /// - the caller is the guardian or the governance.
    /// - the registry is paused.
    ///
    /// Emits an {Unpaused} event.
    function unpause() external;

    /// @notice Who may pause; zero for nobody.
    function guardian() external view returns (address);

    /// @notice The first second after the last pause. It is 0 before the first pause and after one that was ended early.
    function pausedUntil() external view returns (uint40);
}
